import { useState } from 'react';
import { App, Button, Modal } from 'antd';
import { useParams } from 'react-router-dom';
import { ingestApi } from '@wutong/contract';
import type { LedgerRow, Source } from '../../api/vocabulary.ts';
import { CALM_MS, LIVE_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { useClock } from '../../frame/clock.tsx';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Facts } from '../../parts/facts.tsx';
import { HourBars } from '../../parts/hour-bars.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useKeyTitles } from '../identity/use-key-titles.ts';
import { everyMinute, RATE_MINUTES } from './minutes.ts';
import { SourceKey } from './new-source-dialog.tsx';
import { SourceSettingsDialog } from './source-settings-dialog.tsx';
import styles from './source.module.css';

const DAY_MS = 86_400_000;
const LEDGER_DAYS = 14;
const EXPIRE_HOURS = 24;

/** One source: settings, keys, pulse, ledger. */
export default function SourcePage() {
  const { sourceId = '' } = useParams();
  const { text } = useReader();
  const words = text.data.sources;
  const source = useRead(ingestApi.readSource, { params: { sourceId } }, { refetchIntervalMs: CALM_MS });
  return (
    <Page
      title={source.data?.name ?? sourceId}
      numbers="bank"
      back={{ to: '/data/sources', label: words.title }}
      heading={
        <span className="row">
          {source.data?.name ?? sourceId}
          {source.data && (
            <span style={{ fontSize: 14, fontWeight: 400 }}>
              <StateMark tone={source.data.disabled ? 'quiet' : 'good'}>
                {source.data.disabled ? words.disabled : words.enabled}
              </StateMark>
            </span>
          )}
        </span>
      }
      actions={source.data && <SourceActions source={source.data} />}
    >
      <Answer query={source} rows={8}>
        {(data) => (
          <>
            <div className={styles.columns}>
              <SourceFacts source={data} />
              <Rates sourceId={sourceId} />
            </div>
            <Ledger sourceId={sourceId} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function SourceActions({ source }: { source: Source }) {
  const { text } = useReader();
  const words = text.data.sources;
  const may = useMay(ingestApi.updateSource);
  const { modal, message } = App.useApp();
  const update = useWrite(ingestApi.updateSource, [ingestApi.readSource, ingestApi.listSources]);
  const rotate = useWrite(ingestApi.createSourceKey, [ingestApi.readSource]);
  const [editing, setEditing] = useState(false);
  if (!may) return null;
  const params = { sourceId: source.sourceId };
  const onError = (error: Error) => void message.error(error.message);
  return (
    <>
      <Button onClick={() => setEditing(true)}>{words.settings}</Button>
      {editing && <SourceSettingsDialog source={source} onClose={() => setEditing(false)} />}
      <Button
        onClick={() =>
          void modal.confirm({
            title: words.rotate,
            content: words.rotateQuestion,
            onOk: () => rotate.mutate({ params, body: { expireOthersInHours: EXPIRE_HOURS } }, { onError }),
          })
        }
      >
        {words.rotate}
      </Button>
      <Button
        loading={update.isPending}
        onClick={() => update.mutate({ params, body: { disabled: !source.disabled } }, { onError })}
      >
        {source.disabled ? words.enable : words.disable}
      </Button>
      <Modal
        open={rotate.data !== undefined}
        title={words.rotate}
        footer={null}
        onCancel={() => rotate.reset()}
      >
        {rotate.data && <SourceKey value={rotate.data.key} />}
      </Modal>
    </>
  );
}

function SourceFacts({ source }: { source: Source }) {
  const { text, format } = useReader();
  const words = text.data.sources;
  const titleOf = useKeyTitles();
  const origin = window.location.origin;
  return (
    <Panel title={text.state.details}>
      <Facts
        facts={[
          [
            words.id,
            <code key="id" className="mono">
              {source.sourceId}
            </code>,
          ],
          [words.mode, words.modes[source.mode]],
          [words.loginKeyType, titleOf(source.loginKeyType)],
          [words.anonymousKeyType, titleOf(source.anonymousKeyType)],
          [words.maximumAge, words.days(format.integer(source.maximumAgeDays))],
          ...source.keys.map(
            ({ keyId, masked, createdAt, expiresAt }, index) =>
              [
                index === 0 ? words.keys : '',
                <span key={keyId}>
                  <code className="mono">{masked}</code>{' '}
                  <span className="faint">
                    {words.keyCreated} <TimeText at={createdAt} form="date" />
                    {expiresAt && (
                      <>
                        {' · '}
                        {words.keyExpires} <TimeText at={expiresAt} />
                      </>
                    )}
                  </span>
                </span>,
              ] as const,
          ),
        ]}
      />
      <div className={styles.connect}>
        <b>{words.connect}</b>
        <p className="faint">{words.connectHint}</p>
        <ul className="mono">
          <li>Sensors: {origin}/sa</li>
          <li>Segment: {origin}/v1</li>
          <li>POST {origin}/api/v1/collect</li>
        </ul>
      </div>
    </Panel>
  );
}

function Rates({ sourceId }: { sourceId: string }) {
  const { text } = useReader();
  const words = text.data.sources;
  const { now } = useClock(5_000);
  const rates = useRead(
    ingestApi.listSourceRates,
    { query: { minutes: RATE_MINUTES } },
    { refetchIntervalMs: LIVE_MS },
  );
  return (
    <Panel title={words.rates}>
      <Answer query={rates}>
        {({ items }) => (
          <HourBars
            label={words.rates}
            bars={everyMinute(
              items.filter((each) => each.sourceId === sourceId),
              now,
            )}
          />
        )}
      </Answer>
    </Panel>
  );
}

function Ledger({ sourceId }: { sourceId: string }) {
  const { text, format } = useReader();
  const words = text.data.sources;
  const clock = useClock(60_000);
  const ledger = useRead(
    ingestApi.readSourceLedger,
    {
      params: { sourceId },
      query: { from: format.date(clock.now - (LEDGER_DAYS - 1) * DAY_MS), to: format.date(clock.now) },
    },
    { refetchIntervalMs: LIVE_MS * 2, keepPrevious: true },
  );
  const count = (key: 'stored' | 'duplicate' | 'rejected', sign: string): Column<LedgerRow> => ({
    key,
    title: `${sign} ${words[key]}`,
    numeric: true,
    render: (row) => format.integer(row[key]),
  });
  const columns: Column<LedgerRow>[] = [
    {
      key: 'day',
      title: words.day,
      phone: 'title',
      render: ({ day }) => <span className="number">{day}</span>,
    },
    {
      key: 'received',
      title: words.received,
      numeric: true,
      render: ({ received }) => <b>{format.integer(received)}</b>,
    },
    count('stored', '='),
    count('duplicate', '+'),
    count('rejected', '+'),
    {
      key: 'balanced',
      title: words.balanced,
      render: ({ balanced }) => (
        <StateMark tone={balanced ? 'good' : 'bad'}>
          {balanced ? words.isBalanced : words.notBalanced}
        </StateMark>
      ),
    },
  ];
  return (
    <Panel title={words.ledger} definition={words.ledgerDefinition} flush>
      <Answer query={ledger}>
        {({ items }) => (
          <RecordTable
            label={words.ledger}
            columns={columns}
            rows={items.toSorted((left, right) => right.day.localeCompare(left.day))}
            rowKey={({ day }) => day}
            empty={<EmptyState small title={words.noLedger} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
