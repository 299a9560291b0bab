import type { HttpServer, Platform } from './platform/index.ts';

/** All rooms of a process, wired. */
export interface Rooms {
  routes(server: HttpServer): void;
  /** Starts the loops, in the order of the rooms. */
  start(): Promise<void>;
  /** Stops them in reverse. */
  stop(): Promise<void>;
}

/** Builds the rooms in their order and hands each what it may use; the only place that sees all. */
export function composeRooms(_platform: Platform): Rooms {
  return {
    routes: () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
  };
}
