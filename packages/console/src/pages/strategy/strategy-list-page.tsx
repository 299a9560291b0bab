import { Button, Select } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { canvasApi } from '@wutong/contract';
import { strategyStates, type StrategyState, type StrategySummary } from '../../api/vocabulary.ts';
import { usePages } from '../../api/use-pages.ts';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Chip, StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { NewStrategyDialog } from './new-strategy-dialog.tsx';

/** Strategies by state. */
export default function StrategyListPage() {
  const { text } = useReader();
  const words = text.strategy;
  const mayWrite = useMay(canvasApi.changeStrategyState);
  const navigate = useNavigate();
  const [search, setSearch] = useUrlState('search');
  const [state, setState] = useUrlState('state');
  const [creating, setCreating] = useUrlState('new');
  const columns = useColumns();
  const filtered = search !== '' || state !== '';
  const strategies = usePages(
    canvasApi.listStrategies,
    { query: { search: search || undefined, state: (state || undefined) as StrategyState | undefined } },
    { refetchIntervalMs: CALM_MS / 3 },
  );
  const create = mayWrite && (
    <Button type="primary" onClick={() => setCreating('1')}>
      {words.newStrategy}
    </Button>
  );
  return (
    <Page title={words.list} numbers="bank" lead={words.listLead} actions={create}>
      <Filters>
        <SearchField label={words.search} value={search} onSearch={setSearch} widthPx={240} />
        <Select
          value={state}
          onChange={setState}
          aria-label={words.state}
          style={{ minWidth: 132 }}
          options={[
            { value: '', label: words.anyState },
            ...strategyStates.map((value) => ({ value, label: wordFor(text.words.strategyState, value) })),
          ]}
        />
      </Filters>
      <Panel flush>
        <Answer query={strategies.query}>
          {() => (
            <RecordTable
              label={words.list}
              columns={columns}
              rows={strategies.items}
              rowKey={({ strategyId }) => strategyId}
              onOpen={({ strategyId }) => void navigate(`/strategies/${strategyId}`)}
              more={strategies.more}
              empty={
                filtered ? (
                  <EmptyState title={words.noneFound} hint={words.noneFoundHint} />
                ) : (
                  <EmptyState title={words.none} hint={words.noneHint} action={create} />
                )
              }
            />
          )}
        </Answer>
      </Panel>
      {creating && <NewStrategyDialog onClose={() => setCreating('')} />}
    </Page>
  );
}

function useColumns(): Column<StrategySummary>[] {
  const { text, format } = useReader();
  const words = text.strategy;
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ strategyId, name, description }) => (
        <>
          <Link to={`/strategies/${strategyId}`}>{name}</Link>
          {description && <div className="faint">{description}</div>}
        </>
      ),
    },
    {
      key: 'state',
      title: words.state,
      render: ({ state, pendingVersion, draftChanged, publishedVersion }) => (
        <span className="row">
          <StateMark tone={toneOf(state)}>{wordFor(text.words.strategyState, state)}</StateMark>
          {pendingVersion !== undefined && <Chip tone="busy">{words.pending}</Chip>}
          {draftChanged && publishedVersion !== undefined && <Chip>{words.draftChanged}</Chip>}
        </span>
      ),
    },
    { key: 'entered', title: words.entered, numeric: true, render: ({ entered }) => format.integer(entered) },
    { key: 'active', title: words.active, numeric: true, render: ({ active }) => format.integer(active) },
    { key: 'holdout', title: words.holdout, numeric: true, render: ({ holdout }) => format.integer(holdout) },
    {
      key: 'goal',
      title: words.goal,
      numeric: true,
      render: ({ goalReached }) => format.integer(goalReached),
    },
    { key: 'updated', title: words.updated, render: ({ updatedAt }) => <TimeText at={updatedAt} /> },
  ];
}
