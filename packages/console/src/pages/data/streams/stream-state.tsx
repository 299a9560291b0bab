import type { streamsApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { StateMark, type Tone } from '../../../parts/state-mark.tsx';
import { useCodeSentence } from '../code-sentence.ts';

type Stream = streamsApi.Stream;

/** What is wanted, and whether it is so: a stream that is to run may be held up or still connecting. */
export function StreamState({ stream }: { stream: Stream }) {
  const { streams: words } = useReader().text;
  const [tone, word] = ((): [Tone, string] => {
    if (stream.state === 'stopped') return ['quiet', words.states.stopped];
    if (stream.workers.some(({ error }) => error !== undefined)) return ['bad', words.blocked];
    if (stream.state === 'paused') return ['warn', words.states.paused];
    if (stream.workers.length === 0) return ['busy', words.unattended];
    if (stream.workers.every(({ activity }) => activity === 'connecting')) return ['busy', words.connecting];
    return ['good', words.states.running];
  })();
  return <StateMark tone={tone}>{word}</StateMark>;
}

/** What is in the way, in a sentence that says what to do; the broker's own words below it. */
export function StreamProblem({ stream }: { stream: Pick<Stream, 'workers'> }) {
  const sentence = useCodeSentence();
  const held = stream.workers.find(({ error }) => error !== undefined);
  if (!held) return null;
  return (
    <div>
      <div style={{ color: 'var(--red)' }}>{held.code ? sentence(held.code) : held.error}</div>
      {held.code && (
        <div className="faint mono" style={{ overflowWrap: 'anywhere' }}>
          {held.error}
        </div>
      )}
    </div>
  );
}

export function Rate({ stream }: { stream: Pick<Stream, 'messagesPerSecond'> }) {
  const { text, format } = useReader();
  const rate = stream.messagesPerSecond;
  return (
    <>{text.streams.perSecond(rate < 10 ? format.decimal(rate, 1) : format.compact(Math.round(rate)))}</>
  );
}
