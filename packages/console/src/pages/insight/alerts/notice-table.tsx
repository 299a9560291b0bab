import type { OperatorNotice } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { TimeText } from '../../../parts/time-text.tsx';

/** Who was told what, and what became of it. */
export function NoticeTable({ notices }: { notices: readonly OperatorNotice[] }) {
  const { text } = useReader();
  const words = text.alerts;
  const columns: Column<OperatorNotice>[] = [
    { key: 'at', title: text.time, phone: 'title', render: ({ createdAt }) => <TimeText at={createdAt} /> },
    { key: 'kind', title: text.kind, render: ({ kind }) => words.noticeKinds[kind] },
    {
      key: 'target',
      title: words.target,
      render: ({ channel, target }) => `${words.targetKinds[channel]} ${target}`,
    },
    {
      key: 'state',
      title: words.state,
      render: ({ state, lastError }) => (
        <span title={lastError}>
          <StateMark tone={state === 'sent' ? 'good' : state === 'failed' ? 'bad' : 'busy'}>
            {words.noticeStates[state]}
          </StateMark>
        </span>
      ),
    },
  ];
  return (
    <RecordTable
      label={words.notices}
      columns={columns}
      rows={notices}
      rowKey={({ noticeId }) => noticeId}
      empty={<p className="faint">{words.noNotices}</p>}
    />
  );
}
