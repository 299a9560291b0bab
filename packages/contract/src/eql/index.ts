export * from './window.ts';
export * from './document.ts';
export * from './problem.ts';
export * from './parse.ts';
export * from './format.ts';
export { suggestName } from './suggest-name.ts';
