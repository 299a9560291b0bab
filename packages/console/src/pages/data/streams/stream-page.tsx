import { Link, useParams } from 'react-router-dom';
import { streamsApi } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { FoldablePanel } from '../../../parts/foldable-panel.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { Answer } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useSourceNames } from '../../people/use-source-names.ts';
import styles from '../ingestion/ingestion.module.css';
import { StreamActions } from './stream-actions.tsx';
import { StreamLog } from './stream-log.tsx';
import { PartitionTable, WorkerList } from './stream-partitions.tsx';
import { Rate, StreamProblem, StreamState } from './stream-state.tsx';

type Stream = streamsApi.Stream;

/** One stream: does it keep up, where does it stand, what happened. */
export default function StreamPage() {
  const { streamId = '' } = useParams();
  const { text } = useReader();
  const words = text.streams;
  const stream = useRead(streamsApi.readStream, { params: { streamId } }, { refetchIntervalMs: LIVE_MS });
  const name = stream.data?.name ?? streamId;
  return (
    <Page
      title={name}
      back={{ to: '/data/streams', label: words.title }}
      heading={
        <span className="row">
          {name}
          {stream.data && (
            <span style={{ fontSize: 14, fontWeight: 400 }}>
              <StreamState stream={stream.data} />
            </span>
          )}
        </span>
      }
      actions={stream.data && <StreamActions stream={stream.data} />}
    >
      <Answer query={stream}>
        {(data) => (
          <div className={styles.columns}>
            <div className="stack">
              <Progress stream={data} />
              <Settings stream={data} />
            </div>
            <div className="stack">
              <Panel flush title={words.partitions}>
                <PartitionTable partitions={data.partitions} />
              </Panel>
              <StreamLog streamId={streamId} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}

function Progress({ stream }: { stream: Stream }) {
  const { text, format } = useReader();
  const words = text.streams;
  const problem = <StreamProblem stream={stream} />;
  const held = stream.workers.some(({ error }) => error !== undefined);
  return (
    <Panel>
      <Facts
        facts={[
          [words.problem, held ? problem : words.noProblem],
          [
            <span key="lag" title={words.lagHint}>
              {words.lag}
            </span>,
            stream.lag === undefined ? words.unknownLag : format.integer(stream.lag),
          ],
          [words.rate, <Rate key="rate" stream={stream} />],
          [words.messages, format.integer(stream.messages)],
          [words.stored, format.integer(stream.stored)],
          [words.duplicate, format.integer(stream.duplicate)],
          [
            words.rejected,
            stream.rejected > 0 ? (
              <Link key="rejected" to={`/data/rejected?sourceId=${stream.sourceId}`}>
                {format.integer(stream.rejected)}
              </Link>
            ) : (
              '0'
            ),
          ],
          stream.lostMessages > 0 && [
            words.lost,
            <span key="lost" style={{ color: 'var(--red)' }} title={words.lostHint}>
              {format.integer(stream.lostMessages)}
            </span>,
          ],
          stream.workers.length > 0 && [words.workers, <WorkerList key="workers" workers={stream.workers} />],
        ]}
      />
      {stream.lostMessages > 0 && <p className="faint">{words.lostHint}</p>}
    </Panel>
  );
}

function Settings({ stream }: { stream: Stream }) {
  const { text } = useReader();
  const words = text.streams;
  const sourceName = useSourceNames();
  const { settings } = stream;
  const { startAt } = settings;
  return (
    <FoldablePanel title={words.settings} summary={settings.topics.join(text.punctuation.comma)}>
      <Facts
        facts={[
          [text.kafka.brokers, <Mono key="brokers" lines={settings.brokers} />],
          [words.topics, <Mono key="topics" lines={settings.topics} />],
          [words.group, <Mono key="group" lines={[settings.group]} />],
          [
            words.startAt,
            startAt === 'earliest' || startAt === 'latest' ? (
              words.startAts[startAt]
            ) : (
              <TimeText key="at" at={startAt} form="full" />
            ),
          ],
          [text.kafka.tls, settings.tls ? '✓' : '–'],
          [
            text.kafka.login,
            settings.sasl ? `${settings.sasl.mechanism} · ${settings.sasl.username}` : text.kafka.noLogin,
          ],
          [words.format, words.formats[settings.format].label],
          settings.mapping && [
            words.mapping,
            settings.mapping.records
              .map(({ record }) => text.imports.mapping.kinds[record].label)
              .join(text.punctuation.comma),
          ],
          [
            words.source,
            <Link key="source" to={`/data/sources/${stream.sourceId}`}>
              {sourceName(stream.sourceId)}
            </Link>,
          ],
        ]}
      />
    </FoldablePanel>
  );
}

function Mono({ lines }: { lines: readonly string[] }) {
  return (
    <span className="mono" style={{ overflowWrap: 'anywhere' }}>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </span>
  );
}
