import { useMemo } from 'react';
import { insightApi, type SavedReport } from '@wutong/contract';
import { useParams, useSearchParams } from 'react-router-dom';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSession } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { Page, Panel } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, Loading } from '../../../parts/states.tsx';
import { Asking } from '../asking.tsx';
import { AnalysisActions } from '../analysis-actions.tsx';
import { DrillProvider } from '../drill/drill.tsx';
import { readQuestion, writeQuestion, type QuestionOf } from '../question/question.ts';
import { useInsightNames } from '../question/use-insight-names.ts';
import { firstReport } from './first-report.ts';
import { SavedReportActions } from './saved-report-actions.tsx';
import { useReportNames } from './use-report-names.ts';
import styles from '../analysis-page.module.css';

/** A report: a saved one, or a new one; as it is being changed it stands in the address. */
export default function ReportPage() {
  const { reportId } = useParams();
  if (reportId === undefined) return <ReportView saved={undefined} />;
  return <SavedReportPage key={reportId} reportId={reportId} />;
}

function SavedReportPage({ reportId }: { reportId: string }) {
  const { reports: words } = useReader().text;
  const saved = useRead(insightApi.readReport, { params: { reportId } });
  if (saved.data) return <ReportView saved={saved.data} />;
  return (
    <Page title={words.report} back={{ to: '/insight/reports', label: words.list }}>
      <Answer query={saved} rows={10}>
        {() => null}
      </Answer>
    </Page>
  );
}

function ReportView({ saved }: { saved: SavedReport | undefined }) {
  const { text, format } = useReader();
  const words = text.reports;
  const { user } = useSession();
  const userName = useUserNames();
  const { settled, ...names } = useInsightNames();
  const { model } = useReportNames(names);
  const [search] = useSearchParams();
  const written = search.get('q');
  const asked = useMemo(() => readQuestion('report', written), [written]);
  const ready = settled && model !== undefined;
  // A first report is made once the model is known; later renewals must not change it.
  const first = useMemo(() => (ready ? firstReport(model) : undefined), [ready]);
  const kept: QuestionOf<'report'> | undefined = saved && { kind: 'report', ...saved.report };
  const question = asked?.kind === 'report' ? asked : (kept ?? first);
  const changed = question !== undefined && (!kept || writeQuestion(question) !== writeQuestion(kept));
  const mine = saved?.owner === user.name;
  return (
    <Page
      wide
      title={saved?.name ?? words.new}
      back={{ to: '/insight/reports', label: words.list }}
      heading={
        saved && (
          <span className="row">
            {saved.name}
            <Chip tone={saved.shared ? 'busy' : 'quiet'}>{saved.shared ? words.shared : words.private}</Chip>
            {changed && <Chip tone="warn">{words.changed}</Chip>}
          </span>
        )
      }
      lead={
        saved ? (
          <>
            {saved.description && `${saved.description} · `}
            {mine ? words.mine : words.ownedBy(userName(saved.owner))} ·{' '}
            {text.state.updatedAt(format.dateTime(saved.updatedAt))}
          </>
        ) : (
          words.newLead
        )
      }
      actions={
        question && (
          <>
            <AnalysisActions question={question} names={names} secondary />
            <SavedReportActions
              key={saved?.revision}
              saved={saved}
              mine={mine}
              changed={changed}
              question={question}
              names={names}
            />
          </>
        )
      }
    >
      {written !== null && !asked && <p className={styles.unread}>{text.insight.unreadQuestion}</p>}
      <DrillProvider>
        {question ? (
          <Asking key={`${saved?.revision} ${written}`} question={question} names={names} />
        ) : (
          <Panel>
            <Loading rows={10} />
          </Panel>
        )}
      </DrillProvider>
    </Page>
  );
}
