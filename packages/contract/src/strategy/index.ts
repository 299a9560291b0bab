export * from './canonical.ts';
export * from './check.ts';
export * from './condition.ts';
export * from './document.ts';
export * from './finding.ts';
export * from './graph.ts';
