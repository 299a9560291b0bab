import { useMemo } from 'react';
import { Navigate, useParams, useSearchParams } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Loading } from '../../parts/states.tsx';
import { AnalysisActions } from './analysis-actions.tsx';
import { Asking } from './asking.tsx';
import { DrillProvider } from './drill/drill.tsx';
import { KindTabs } from './kind-tabs.tsx';
import { firstQuestion } from './question/first-question.ts';
import { kindOfSlug, readQuestion } from './question/question.ts';
import { useInsightNames } from './question/use-insight-names.ts';
import styles from './analysis-page.module.css';

/** One kind of analysis: the question at the left, its answer at the right, both in the address. */
export default function AnalysisPage() {
  const { kind: slug } = useParams();
  const { insight: words } = useReader().text;
  const kind = kindOfSlug(slug);
  const { settled, ...names } = useInsightNames();
  const [search] = useSearchParams();
  const written = search.get('q');
  // A first question is made once the bank's own events are known.
  const first = useMemo(
    () => (kind && settled ? firstQuestion(kind, names) : undefined),
    // Names are renewed now and then; that must not change the question.
    [kind, settled],
  );
  const asked = useMemo(() => (kind ? readQuestion(kind, written) : undefined), [kind, written]);
  if (!kind) return <Navigate to="/insight/analyses/trend" replace />;
  const question = asked ?? first;
  return (
    <Page
      wide
      title={words.kinds[kind]}
      lead={words.kindHints[kind]}
      actions={question && <AnalysisActions question={question} names={names} />}
    >
      <KindTabs />
      {written !== null && !asked && <p className={styles.unread}>{words.unreadQuestion}</p>}
      <DrillProvider>
        {question ? (
          // A new address is a new question: what was being edited gives way, as the back button expects.
          <Asking key={`${kind} ${written}`} question={question} names={names} />
        ) : (
          <Panel>
            <Loading rows={10} />
          </Panel>
        )}
      </DrillProvider>
    </Page>
  );
}
