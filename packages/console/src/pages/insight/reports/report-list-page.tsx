import { Button } from 'antd';
import { insightApi, type ShownReport } from '@wutong/contract';
import { Link, useNavigate } from 'react-router-dom';
import { CALM_MS, useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSession } from '../../../frame/session.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { useUserNames } from '../../../frame/use-names.ts';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { addressOf } from '../question/question.ts';
import { templatesOf } from './first-report.ts';
import styles from './report-list.module.css';

/** Saved reports, one's own and shared ones, and templates to begin a new one with. */
export default function ReportListPage() {
  const { text } = useReader();
  const words = text.reports;
  const navigate = useNavigate();
  const { user } = useSession();
  const userName = useUserNames();
  const model = useCatalogue();
  const reports = useRead(insightApi.listReports, undefined, { refetchIntervalMs: CALM_MS });
  const columns: Column<ShownReport>[] = [
    {
      key: 'name',
      title: words.report,
      phone: 'title',
      render: ({ reportId, name, description }) => (
        <>
          <Link to={`/insight/reports/${reportId}`}>{name}</Link>
          {description && <div className="faint">{description}</div>}
        </>
      ),
    },
    {
      key: 'shared',
      title: words.visibility,
      render: ({ shared }) => (
        <Chip tone={shared ? 'busy' : 'quiet'}>{shared ? words.shared : words.private}</Chip>
      ),
    },
    {
      key: 'owner',
      title: words.owner,
      render: ({ owner }) => (owner === user.name ? words.mine : userName(owner)),
    },
    { key: 'updated', title: words.updated, render: ({ updatedAt }) => <TimeText at={updatedAt} /> },
  ];
  return (
    <Page
      title={words.list}
      lead={words.lead}
      actions={
        <Button type="primary" onClick={() => void navigate('/insight/reports/new')}>
          {words.new}
        </Button>
      }
    >
      <Panel title={words.start}>
        <ul className={styles.templates}>
          {templatesOf(model).map(({ key, report }) => (
            <li key={key}>
              <Link to={addressOf(report)}>
                <b>{words.templates[key].title}</b>
                <span>{words.templates[key].hint}</span>
              </Link>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={words.saved} flush>
        <Answer query={reports}>
          {({ items }) => (
            <RecordTable
              label={words.saved}
              columns={columns}
              rows={items}
              rowKey={({ reportId }) => reportId}
              onOpen={({ reportId }) => void navigate(`/insight/reports/${reportId}`)}
              empty={<EmptyState title={words.none} hint={words.noneHint} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}
