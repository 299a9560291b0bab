import { Select } from 'antd';
import { platformApi } from '@wutong/contract';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import { useUrlState } from '../../parts/url-state.ts';
import { AuditDetail } from './audit-detail.tsx';
import { AuditObject } from './audit-object.tsx';
import type { AuditRow } from './audit-row.ts';

/** Who did what, newest first, and whether the chain of entries holds. */
export default function AuditPage() {
  const { text } = useReader();
  const words = text.audit;
  const userName = useUserNames();
  const [action, setAction] = useUrlState('action');
  const entries = usePages(
    platformApi.listAudit,
    { query: { action: action || undefined, limit: 50 } },
    { refetchIntervalMs: CALM_MS },
  );
  const columns: Column<AuditRow>[] = [
    { key: 'at', title: words.at, render: ({ at }) => <TimeText at={at} form="full" /> },
    { key: 'actor', title: words.actor, render: ({ actor }) => userName(actor) },
    {
      key: 'action',
      title: words.action,
      phone: 'title',
      render: (row) => <span title={row.action}>{wordFor(words.actions, row.action)}</span>,
    },
    { key: 'object', title: words.object, width: '22%', render: (row) => <AuditObject entry={row} /> },
    { key: 'detail', title: words.detail, width: '36%', render: (row) => <AuditDetail entry={row} /> },
  ];
  return (
    <Page title={words.title} lead={words.lead}>
      <Filters>
        <Select
          aria-label={words.action}
          style={{ width: 240 }}
          showSearch={{ optionFilterProp: 'label' }}
          value={action}
          options={[
            { value: '', label: words.anyAction },
            ...Object.entries(words.actions).map(([value, label]) => ({ value, label })),
          ]}
          onChange={setAction}
        />
        {entries.first && (
          <StateMark tone={entries.first.intact ? 'good' : 'bad'}>
            {entries.first.intact ? words.intact : words.broken}
          </StateMark>
        )}
      </Filters>
      <Panel flush>
        <Answer query={entries.query} rows={8}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={entries.items}
              rowKey={({ sequence }) => sequence}
              more={entries.more}
              empty={<EmptyState title={words.none} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}
