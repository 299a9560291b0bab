import type { Platform } from '../platform/index.ts';
import type { Canvas } from './front-door.ts';
import type { Programs } from './load-program.ts';
import type { CanvasNeeds } from './needs.ts';

export interface RouteDependencies {
  readonly platform: Platform;
  readonly needs: CanvasNeeds;
  readonly canvas: Canvas;
  readonly programs: Programs;
  readonly slot: number;
}
