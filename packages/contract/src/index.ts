export * from './endpoint.ts';
export * from './errors/index.ts';
export * from './problem.ts';
export * from './api/index.ts';
export * from './model.ts';
export * from './eql/index.ts';
export * from './strategy/index.ts';
export * from './mapping.ts';
