import type { HttpServer } from '../platform/index.ts';
import type { RouteNeeds } from './route-needs.ts';
import { routeMessages } from './routes-messages.ts';
import { routePeople } from './routes-people.ts';
import { routeSuppliers } from './routes-suppliers.ts';
import { routeTasks } from './routes-tasks.ts';

/** All operations of the hub. */
export function routeHub(server: HttpServer, room: RouteNeeds): void {
  routeMessages(server, room);
  routeSuppliers(server, room);
  routeTasks(server, room);
  routePeople(server, room);
}
