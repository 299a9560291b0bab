import { Link, useNavigate } from 'react-router-dom';
import { insightApi, type ResponseOf } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { wordFor } from '../../text/text.ts';
import styles from './overview.module.css';

type Row = ResponseOf<typeof insightApi.readOverview>['strategies'][number];

/** Today's strategies with how far their people have come. */
export function StrategyProgress({ strategies }: { strategies: readonly Row[] }) {
  const { text, format } = useReader();
  const navigate = useNavigate();
  const words = text.overview;
  const columns: Column<Row>[] = [
    {
      key: 'title',
      title: words.strategy,
      phone: 'title',
      render: ({ strategyId, title }) => <Link to={`/strategies/${strategyId}`}>{title}</Link>,
    },
    {
      key: 'state',
      title: words.state,
      render: ({ state }) => (
        <StateMark tone={toneOf(state)}>{wordFor(text.words.strategyState, state)}</StateMark>
      ),
    },
    { key: 'entered', title: words.entered, numeric: true, render: ({ entered }) => format.integer(entered) },
    { key: 'running', title: words.running, numeric: true, render: ({ running }) => format.integer(running) },
    {
      key: 'converted',
      title: words.converted,
      numeric: true,
      render: ({ converted }) => format.integer(converted),
    },
    {
      key: 'conversion',
      title: words.conversion,
      numeric: true,
      render: ({ entered, converted }) => {
        const share = entered > 0 ? converted / entered : undefined;
        return (
          <>
            <span className={styles.bar} aria-hidden="true">
              <i style={{ width: `${(share ?? 0) * 100}%` }} />
            </span>
            {format.percent(share)}
          </>
        );
      },
    },
  ];
  return (
    <Panel title={words.strategies} flush extra={<Link to="/strategies">{text.state.all}</Link>}>
      <RecordTable
        label={words.strategies}
        columns={columns}
        rows={strategies}
        rowKey={({ strategyId }) => strategyId}
        onOpen={({ strategyId }) => void navigate(`/strategies/${strategyId}`)}
        empty={
          <EmptyState
            title={words.noStrategies}
            hint={words.noStrategiesHint}
            action={<Link to="/strategies?new=1">{words.newStrategy}</Link>}
          />
        }
      />
    </Panel>
  );
}
