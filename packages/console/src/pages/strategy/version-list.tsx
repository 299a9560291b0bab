import { Link } from 'react-router-dom';
import type { StrategyVersion } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Definition, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { EmptyState } from '../../parts/states.tsx';

/** Versions with who submitted, decided and published them. */
export function VersionList({ versions }: { versions: readonly StrategyVersion[] }) {
  const { text, format } = useReader();
  const words = text.strategy.versions;
  const userName = useUserNames();
  const signed = (who: string | undefined, at: string | undefined) =>
    who ? words.by(userName(who), format.shortTime(at)) : <span className="faint">–</span>;
  const columns: Column<StrategyVersion>[] = [
    {
      key: 'version',
      title: text.strategy.version,
      phone: 'title',
      render: ({ strategyId, version }) => (
        <Link to={`/strategies/${strategyId}?version=${version}`}>
          {text.strategy.versionNumber(String(version))}
        </Link>
      ),
    },
    {
      key: 'state',
      title: text.strategy.state,
      render: ({ state }) => <StateMark tone={toneOf(state)}>{words.state[state]}</StateMark>,
    },
    {
      key: 'active',
      title: text.strategy.active,
      numeric: true,
      render: ({ active }) => format.integer(active),
    },
    {
      key: 'hash',
      title: (
        <span className="row">
          {words.hash} <Definition text={words.hashDefinition} />
        </span>
      ),
      render: ({ hash }) => (
        <code className="mono" title={hash}>
          {hash.slice(0, 12)}
        </code>
      ),
    },
    {
      key: 'submitted',
      title: words.submitted,
      render: ({ submittedBy, submittedAt }) => signed(submittedBy, submittedAt),
    },
    {
      key: 'decided',
      title: words.decided,
      render: ({ decidedBy, decidedAt }) => signed(decidedBy, decidedAt),
    },
    {
      key: 'published',
      title: text.strategy.published,
      render: ({ publishedBy, publishedAt }) => signed(publishedBy, publishedAt),
    },
    {
      key: 'note',
      title: text.strategy.note,
      ellipsis: true,
      render: ({ note, decisionNote }) => [note, decisionNote].filter(Boolean).join(' · ') || '–',
    },
  ];
  return (
    <Panel flush>
      <RecordTable
        label={text.strategy.tabs.versions}
        columns={columns}
        rows={versions}
        rowKey={({ version }) => version}
        empty={<EmptyState title={words.none} hint={words.noneHint} />}
      />
    </Panel>
  );
}
