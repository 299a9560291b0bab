import type { HttpServer } from '../platform/index.ts';
import { eqlRoutes } from './eql-routes.ts';
import { governanceRoutes } from './governance-routes.ts';
import type { RouteNeeds } from './route-needs.ts';
import { segmentRoutes } from './segment-routes.ts';
import { tagRoutes } from './tag-routes.ts';

/** All endpoints of the room. */
export function audienceRoutes(server: HttpServer, needs: RouteNeeds): void {
  eqlRoutes(server, needs);
  segmentRoutes(server, needs);
  tagRoutes(server, needs);
  governanceRoutes(server, needs);
}
