import { useState } from 'react';
import { Button, Input, Steps } from 'antd';
import { useLocation, useNavigate } from 'react-router-dom';
import { linkingApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { Answer, Failure, Loading } from '../../../parts/states.tsx';
import { ChooseColumns } from './choose-columns.tsx';
import { ChooseTable } from './choose-tables.tsx';
import {
  chosenColumns,
  chosenOneMatch,
  chosenTables,
  draftOf,
  isComplete,
  newDraft,
  suggestColumns,
  type DraftTable,
  type LinkingDraft,
} from './linking-draft.ts';
import styles from './linking.module.css';
import { OneMatchPanel } from './one-match-panel.tsx';
import { matchesText, tableTitle } from './run-words.ts';
import { ThresholdPanel } from './threshold-panel.tsx';
import { probabilityOf, weightOf, type Thresholds } from './weight-bins.ts';

const STEPS = ['tables', 'columns', 'thresholds'] as const;
const FIRST_THRESHOLDS: Thresholds = { link: weightOf(0.95), review: weightOf(0.5) };

/** From two lists to a run: which lists, which columns, from when on a pair is linked or reviewed. */
export default function NewRunPage() {
  const { text } = useReader();
  const words = text.linking;
  const earlier = (useLocation().state as { settings?: linkingApi.LinkingSettings } | null)?.settings;
  const tables = useRead(linkingApi.listRecordTables);
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<LinkingDraft>(() => (earlier ? draftOf(earlier) : newDraft));
  const chosen = draft.tables.flatMap(
    ({ tableId }) => tables.data?.items.filter((each) => each.tableId === tableId) ?? [],
  );
  const preview = useWrite(linkingApi.previewLinking, []);
  const look = (next: LinkingDraft, estimate: boolean) => {
    const columns = chosenColumns(next);
    if (columns.length === 0) return;
    const oneMatch = chosenOneMatch(next);
    preview.mutate({ body: { tables: chosenTables(next), columns, oneMatch, estimate } });
  };
  const changeTable = (place: 0 | 1, table: DraftTable) => {
    const next: LinkingDraft['tables'] = place === 0 ? [table, draft.tables[1]] : [draft.tables[0], table];
    const columnsOf = (each: DraftTable) =>
      tables.data?.items.find(({ tableId }) => tableId === each.tableId)?.columns;
    const [own, other] = [columnsOf(next[0]), columnsOf(next[1])];
    setDraft({
      ...draft,
      tables: next,
      columns: own ? suggestColumns(own, other, [next[0].idColumn, next[1].idColumn]).slice(0, 20) : [],
    });
  };
  const [first, second] = draft.tables;
  const tablesReady = isComplete(first) && (second.tableId === undefined || isComplete(second));
  const title = chosen.map((table) => tableTitle(table, text)).join(' × ');
  const go = (next: number) => {
    setStep(next);
    if (next === 1) look(draft, false);
    if (next === 2) look(draft, true);
  };
  return (
    <Page title={words.create} back={{ to: '/data/linking', label: words.title }}>
      <Steps size="small" current={step} items={STEPS.map((each) => ({ title: words.wizard.steps[each] }))} />
      {step === 0 && (
        <Answer query={tables} rows={6}>
          {({ items }) => (
            <div className={styles.two}>
              {([0, 1] as const).map((place) => (
                <ChooseTable
                  key={place}
                  place={place}
                  tables={items}
                  table={draft.tables[place]}
                  onChange={(table) => changeTable(place, table)}
                  onUploaded={() => tables.refetch()}
                />
              ))}
            </div>
          )}
        </Answer>
      )}
      {step === 1 && (
        <>
          <ChooseColumns
            tables={chosen}
            columns={draft.columns}
            onChange={(columns) => {
              const next = { ...draft, columns };
              setDraft(next);
              look(next, false);
            }}
            preview={preview.data}
            waiting={preview.isPending}
          />
          {preview.error && <Failure error={preview.error} onRetry={() => look(draft, false)} />}
        </>
      )}
      {step === 2 && (
        <>
          {chosen.length > 1 && (
            <OneMatchPanel
              rule={draft.oneMatch}
              onChange={(oneMatch) => {
                const next = { ...draft, oneMatch };
                setDraft(next);
                look(next, true);
              }}
            />
          )}
          <Finish draft={draft} title={title} preview={preview} onRetry={() => look(draft, true)} />
        </>
      )}
      <div className="row">
        {step > 0 && <Button onClick={() => go(step - 1)}>{words.wizard.back}</Button>}
        {step < 2 && (
          <Button
            type="primary"
            disabled={step === 0 ? !tablesReady : chosenColumns(draft).length === 0}
            onClick={() => go(step + 1)}
          >
            {words.wizard.next}
          </Button>
        )}
      </div>
    </Page>
  );
}

interface FinishProps {
  draft: LinkingDraft;
  title: string;
  preview: ReturnType<typeof useWrite<typeof linkingApi.previewLinking>>;
  onRetry: () => void;
}

/** Thresholds over the estimate, the name, and the start. */
function Finish({ draft, title, preview, onRetry }: FinishProps) {
  const { text, format } = useReader();
  const words = text.linking.wizard;
  const navigate = useNavigate();
  const [name, setName] = useState(title.slice(0, 100));
  const [thresholds, setThresholds] = useState(FIRST_THRESHOLDS);
  const start = useWrite(linkingApi.startLinking);
  const submit = async () => {
    const run = await start.mutateAsync({
      body: {
        name: name.trim() || title.slice(0, 100),
        tables: chosenTables(draft),
        columns: chosenColumns(draft),
        oneMatch: chosenOneMatch(draft),
        linkAbove: probabilityOf(thresholds.link),
        reviewAbove: probabilityOf(thresholds.review),
      },
    });
    await navigate(`/data/linking/${run.runId}`);
  };
  const estimate = preview.data;
  const isAll = estimate !== undefined && estimate.sampledRecords === estimate.records;
  return (
    <>
      {preview.isPending && (
        <Panel title={text.linking.thresholds.title} extra={words.estimating}>
          <Loading rows={5} />
        </Panel>
      )}
      {preview.error && <Failure error={preview.error} onRetry={onRetry} />}
      {!preview.isPending && estimate && (
        <ThresholdPanel
          bins={estimate.bins}
          thresholds={thresholds}
          onChange={setThresholds}
          estimated={!isAll}
          note={[
            isAll
              ? words.exact(format.integer(estimate.records))
              : words.estimated(format.integer(estimate.sampledRecords), format.integer(estimate.records)),
            matchesText(estimate, text),
          ]
            .filter(Boolean)
            .join(' · ')}
        />
      )}
      <Panel>
        <label className={styles.field}>
          <span>{words.name}</span>
          <Input value={name} maxLength={100} onChange={({ target }) => setName(target.value)} />
        </label>
        <div className="row">
          <Button
            type="primary"
            loading={start.isPending}
            disabled={preview.isPending}
            onClick={() => void submit().catch(() => undefined)}
          >
            {words.start}
          </Button>
          <span className="faint">{words.startHint}</span>
        </div>
        {start.error && <Failure error={start.error} />}
      </Panel>
    </>
  );
}
