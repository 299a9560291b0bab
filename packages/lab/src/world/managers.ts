import { hubApi, identityApi } from '@wutong/contract';
import type { Draw } from '../bank/draw.ts';
import type { FrontDoor } from '../front-door.ts';
import type { Agenda } from './agenda.ts';
import type { Customers } from './customers.ts';
import type { LabClock } from './lab-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BANK_OFFSET_MS = 8 * HOUR_MS;

/** The next instant at which a branch is open: 09:00–17:30 in the bank's zone. */
function nextOfficeTime(at: number): number {
  const midnight = Math.floor((at + BANK_OFFSET_MS) / DAY_MS) * DAY_MS - BANK_OFFSET_MS;
  const within = at - midnight;
  if (within < 9 * HOUR_MS) return midnight + 9 * HOUR_MS;
  if (within > 17.5 * HOUR_MS) return midnight + DAY_MS + 9 * HOUR_MS;
  return at;
}

/** Managers work through their open tasks by the task API, in office hours. */
export function createManagers(world: {
  door: FrontDoor;
  clock: LabClock;
  agenda: Agenda;
  draw: Draw;
  customers: Customers;
}): { look(): Promise<number> } {
  const { door, clock, agenda, draw, customers } = world;
  const taken = new Set<string>();
  return {
    /** Looks for new tasks and plans each; the number of open ones. */
    async look() {
      const { items } = await door.call(hubApi.listTasks, { query: { state: 'open', limit: 500 } });
      for (const task of items) {
        if (taken.has(task.taskId)) continue;
        taken.add(task.taskId);
        const delay = (0.3 + draw(task.personId, 'call delay') * 5) * HOUR_MS;
        agenda.add(nextOfficeTime(clock.now() + delay), async () => {
          const { items: keys } = await door.call(identityApi.listKeysOfPerson, {
            params: { personId: task.personId },
          });
          const number = keys.find((key) => key.type === 'customer_number')?.masked;
          const reached = draw(task.personId, 'reached') < 0.72;
          const agreed = reached && number !== undefined && customers.onCall(number);
          const outcome = !reached
            ? 'unreachable'
            : agreed
              ? 'interested'
              : draw(task.personId, 'declines') < 0.7
                ? 'refused'
                : 'follow_up';
          await door.call(hubApi.claimTask, { params: { taskId: task.taskId } }).catch(() => undefined);
          await door
            .call(hubApi.recordTaskOutcome, {
              params: { taskId: task.taskId },
              body: { outcome, note: agreed ? '客户表示会在手机银行续接' : '' },
            })
            .catch(() => undefined);
        });
      }
      return items.length;
    },
  };
}
