/** Strategies as documents, their versions, and the people moving through them. */
export type { Actor, Canvas, Simulation, StoredStrategy, StoredVersion } from './front-door.ts';
export type { CanvasNeeds } from './needs.ts';
export { createCanvas } from './create-canvas.ts';
export { strategyTemplates, type StrategyTemplate } from './templates/index.ts';
