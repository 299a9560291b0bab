import type { Platform } from '../platform/index.ts';
import type { BankDays } from './bank-day.ts';
import type { IdentityPort, ProfilePort, WantedEvents } from './ports.ts';
import type { ProcessLife } from './process-life.ts';
import type { TrackingPlan } from './tracking-plan.ts';

/** What the pipeline works with. */
export interface PipelineNeeds {
  readonly platform: Platform;
  readonly identity: IdentityPort;
  readonly profile: ProfilePort;
  readonly wantedEvents: WantedEvents;
  readonly plan: TrackingPlan;
  readonly days: BankDays;
  /** This process, by whose signs of life others know whether a batch is still under way. */
  readonly life: ProcessLife;
  /** Ids of the batches under way in this process; a batch of ours that is not among them is recovery's. */
  readonly underWay: Set<string>;
}
