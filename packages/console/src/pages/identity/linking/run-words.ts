import { linkingApi } from '@wutong/contract';
import type { Tone } from '../../../parts/state-mark.tsx';
import type { Text } from '../../../text/text.ts';

export type LinkingRun = linkingApi.LinkingRun;

const TONES: Record<LinkingRun['state'], Tone> = {
  waiting: 'busy',
  running: 'busy',
  compared: 'warn',
  applying: 'busy',
  applied: 'good',
  withdrawing: 'busy',
  withdrawn: 'quiet',
  stopped: 'quiet',
  failed: 'bad',
};

export const toneOfRun = ({ state }: LinkingRun): Tone => TONES[state];

/** Whether something goes on that nobody waits for a person in. */
export const isUnderWay = ({ state }: Pick<LinkingRun, 'state'>): boolean =>
  state === 'waiting' || state === 'running' || state === 'applying' || state === 'withdrawing';

/** The state, with the step while it compares. */
export function stateOfRun(run: LinkingRun, text: Text): string {
  const words = text.linking;
  if (run.state !== 'running' || run.step === undefined) return words.states[run.state];
  const place = linkingApi.linkingSteps.indexOf(run.step) + 1;
  return words.stepOf(words.steps[run.step], String(place), String(linkingApi.linkingSteps.length));
}

/** What a table is called in lists. */
export function tableTitle(table: Pick<linkingApi.RecordTable, 'kind' | 'name'>, text: Text): string {
  if (table.kind !== 'people') return table.name;
  return table.name === '*' ? text.linking.tables.allPeople : text.linking.tables.ofSource(table.name);
}

/** With how many matches a record was weighed, of two tables. */
export function matchesText(
  { hasOneMatch }: Pick<LinkingRun, 'hasOneMatch'>,
  text: Text,
): string | undefined {
  if (hasOneMatch === undefined) return undefined;
  return text.linking.oneMatch.found[hasOneMatch ? 'one' : 'many'];
}
