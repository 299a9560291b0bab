import type { OutputDestination, OutputSchedule, OutputSelection, outputsApi } from '@wutong/contract';
import { useReader, type Formatters } from '../../../frame/reader.tsx';
import { StateMark, type Tone } from '../../../parts/state-mark.tsx';
import type { Text } from '../../../text/text.ts';
import { useCodeSentence } from '../code-sentence.ts';

type Output = outputsApi.Output;

const tones: Record<Output['state'], Tone> = {
  running: 'good',
  paused: 'warn',
  finished: 'quiet',
  failed: 'bad',
};

/** Its state; one whose deliveries fail at the moment is marked so although it runs. */
export function OutputState({ output }: { output: Output }) {
  const { text, format } = useReader();
  const words = text.outputs;
  if (output.state === 'running' && output.attempts > 0)
    return <StateMark tone="bad">{words.retrying(format.integer(output.attempts))}</StateMark>;
  return <StateMark tone={tones[output.state]}>{words.states[output.state]}</StateMark>;
}

/** What is in the way, in a sentence; the receiver's own words below it. */
export function Problem({ code, said }: { code: string | undefined; said: string | undefined }) {
  const sentence = useCodeSentence();
  if (said === undefined) return null;
  return (
    <div>
      <div style={{ color: 'var(--red)' }}>{code ? sentence(code) : said}</div>
      {code && (
        <div className="faint mono" style={{ overflowWrap: 'anywhere' }}>
          {said}
        </div>
      )}
    </div>
  );
}

/** Where it goes, in a few characters. */
export function placeOf(destination: OutputDestination): string {
  switch (destination.kind) {
    case 'files':
      return `${destination.folder}/ · ${destination.format}${destination.gzip ? '.gz' : ''}`;
    case 'webhook':
      return destination.url;
    case 'kafka':
      return destination.topic;
  }
}

export function scheduleOf(schedule: OutputSchedule, { outputs: words }: Text, format: Formatters): string {
  if (schedule.kind === 'every') return words.everyMinutes(format.integer(schedule.minutes));
  if (schedule.kind === 'daily') return words.dailyAt(schedule.at);
  return words.schedules[schedule.kind];
}

/** What leaves beyond the subject itself: which events, segments, attributes. */
export function detailOf(selection: OutputSelection, { outputs: words, punctuation }: Text): string {
  switch (selection.subject) {
    case 'events':
      return selection.events.join(punctuation.comma) || words.allEvents;
    case 'memberships':
      return selection.segmentIds.join(punctuation.comma);
    case 'portraits':
      return [
        ...(selection.attributes.length > 0 ? selection.attributes : [words.allAttributes]),
        ...selection.tags,
      ].join(punctuation.comma);
    case 'receipts':
      return words.fixedColumns;
  }
}

export function sizeText(bytes: number, format: Formatters): string {
  if (bytes < 1_024) return `${format.integer(bytes)} B`;
  const [unit, size] = bytes < 1_048_576 ? ['KB', bytes / 1_024] : ['MB', bytes / 1_048_576];
  return `${format.decimal(size, 1)} ${unit}`;
}
