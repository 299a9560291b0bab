import type { Platform } from '../platform/index.ts';
import type { Hub, HubNeeds } from './front-door.ts';
import type { SupplierDirectory } from './supplier-directory.ts';
import type { SupplierSessions } from './supplier-sessions.ts';
import type { Feedback } from './take-feedback.ts';

/** What the room's handlers use. */
export interface RouteNeeds {
  readonly platform: Platform;
  readonly needs: HubNeeds;
  readonly hub: Pick<Hub, 'reserve' | 'books'>;
  readonly feedback: Feedback;
  readonly directory: SupplierDirectory;
  readonly sessions: SupplierSessions;
}
