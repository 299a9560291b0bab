import type { OutputSelection } from '@wutong/contract';
import { CodedError, deterministicId } from '../../../platform/index.ts';
import type { OutputNeeds, SegmentChange } from '../output-needs.ts';
import { keyColumns, keyValues, plainColumn } from '../person-keys.ts';
import type { OutputRow, OutputSubject } from './output-subject.ts';

type Selection = Extract<OutputSelection, { subject: 'memberships' }>;
interface Place {
  readonly run: number;
  readonly personId: number;
}

/** Of one segment: changes after `after`, up to and with `until`. */
interface MembershipPlan {
  readonly segmentId: string;
  readonly after: Place;
  readonly until: Place;
}

const START: Place = { run: 0, personId: 0 };
const CHANGES_A_PORTION = 20_000;
const CHANGES_A_FILE = 500_000;
const BLOCK_CHANGES = 5_000;

/** Who entered and left segments, by the log that the audience keeps. */
export function membershipSubject(needs: OutputNeeds): OutputSubject<Selection> {
  const { ports } = needs;

  async function* changes(plan: MembershipPlan, limit = Infinity): AsyncGenerator<SegmentChange[]> {
    let after = plan.after;
    for (let left = limit; left > 0;) {
      const block = await ports.segmentChanges(plan.segmentId, after, Math.min(BLOCK_CHANGES, left));
      const within = block.filter((change) => !isAfter(change, plan.until));
      if (within.length > 0) yield within;
      if (within.length < block.length || block.length < Math.min(BLOCK_CHANGES, left)) return;
      left -= within.length;
      after = within.at(-1)!;
    }
  }

  return {
    async check(selection, asker) {
      for (const segmentId of selection.segmentIds) {
        await ports.segmentWatermark(segmentId, asker).catch(() => {
          throw new CodedError('output_settings_invalid', {
            details: { segmentId, reason: 'no such segment' },
          });
        });
      }
    },
    async begin(_transaction, selection) {
      const places = selection.segmentIds.map(
        async (segmentId) =>
          [segmentId, selection.startAt === 'now' ? await ports.segmentWatermark(segmentId) : START] as const,
      );
      return Object.fromEntries(await Promise.all(places));
    },
    async plan(scope, large) {
      const cursor = scope.cursor as Record<string, Place>;
      for (const segmentId of scope.selection.segmentIds) {
        const after = cursor[segmentId] ?? START;
        const open = { segmentId, after, until: { run: Number.MAX_SAFE_INTEGER, personId: 0 } };
        let last: SegmentChange | undefined;
        for await (const block of changes(open, large ? CHANGES_A_FILE : CHANGES_A_PORTION))
          last = block.at(-1);
        if (last) return { segmentId, after, until: { run: last.run, personId: last.personId } };
      }
      return undefined;
    },
    columns: ({ selection }) =>
      Promise.resolve([
        ...['segment_id', 'person_id'].map(plainColumn),
        ...keyColumns(selection.keyTypes),
        ...['direction', 'at', 'run', 'cause'].map(plainColumn),
      ]),
    async sample({ selection }, limit) {
      for (const segmentId of selection.segmentIds) {
        const last = (await ports.segmentChanges(segmentId, START, limit)).at(-1);
        if (last) return { segmentId, after: START, until: { run: last.run, personId: last.personId } };
      }
      return undefined;
    },
    async *rows(scope, plan) {
      const { segmentId, after, until } = plan as unknown as MembershipPlan;
      for await (const block of changes({ segmentId, after, until })) {
        const people = block.map((change) => change.personId);
        const keys = await keyValues(needs, people, scope.selection.keyTypes, scope.open);
        yield block.map((change): OutputRow => ({
          id: deterministicId('membership', segmentId, change.run, change.personId, change.direction),
          personId: change.personId,
          values: {
            segment_id: segmentId,
            person_id: change.personId,
            ...keys.get(change.personId),
            direction: change.direction,
            at: new Date(change.at).toISOString(),
            run: change.run,
            cause: change.cause,
          },
        }));
      }
    },
    settle(_transaction, scope, plan) {
      const { segmentId, until } = plan as unknown as MembershipPlan;
      return Promise.resolve({ ...scope.cursor, [segmentId]: until });
    },
  };
}

const isAfter = (change: Place, until: Place): boolean =>
  change.run > until.run || (change.run === until.run && change.personId > until.personId);
