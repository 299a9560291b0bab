import { useMemo, useState } from 'react';
import { Button } from 'antd';
import { CaretRightOutlined, FilterOutlined } from '@ant-design/icons';
import { Navigate, useParams, useSearchParams } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Loading } from '../../parts/states.tsx';
import { useWide } from '../../parts/use-wide.ts';
import { AnalysisActions } from './analysis-actions.tsx';
import { AnswerView } from './answer-view.tsx';
import { DrillProvider } from './drill/drill.tsx';
import { KindTabs } from './kind-tabs.tsx';
import { QuestionForm } from './question-form.tsx';
import { firstQuestion } from './question/first-question.ts';
import {
  kindOfSlug,
  readQuestion,
  writeQuestion,
  type Question,
  type QuestionKind,
} from './question/question.ts';
import { useInsightNames, type InsightNames } from './question/use-insight-names.ts';
import questionStyles from './question/question.module.css';
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
          <Asking key={`${kind} ${written}`} kind={kind} question={question} names={names} />
        ) : (
          <Panel>
            <Loading rows={10} />
          </Panel>
        )}
      </DrillProvider>
    </Page>
  );
}

interface AskingProps {
  kind: QuestionKind;
  question: Question;
  names: InsightNames;
}

function Asking({ question, names }: AskingProps) {
  const { text } = useReader();
  const words = text.insight;
  const wide = useWide();
  const [, setSearch] = useSearchParams();
  const [draft, setDraft] = useState(question);
  const [open, setOpen] = useState(false);
  const changed = writeQuestion(draft) !== writeQuestion(question);
  const run = () => {
    setOpen(false);
    setSearch((former) => {
      const next = new URLSearchParams(former);
      next.set('q', writeQuestion(draft));
      return next;
    });
  };
  return (
    <div className={styles.asking}>
      {!wide && (
        <Button block icon={<FilterOutlined />} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? words.hideQuestion : words.showQuestion}
        </Button>
      )}
      {(wide || open) && (
        <form
          className={styles.question}
          aria-label={words.question}
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
          }}
        >
          <div className={questionStyles.form}>
            <QuestionForm question={draft} onChange={setDraft} names={names} />
          </div>
          <footer className={styles.runLine}>
            {changed && (
              <Button type="text" onClick={() => setDraft(question)}>
                {words.undo}
              </Button>
            )}
            <Button
              type={changed ? 'primary' : 'default'}
              htmlType="submit"
              icon={<CaretRightOutlined />}
              disabled={!changed}
              title={words.runKey}
            >
              {changed ? words.run : words.upToDate}
            </Button>
          </footer>
        </form>
      )}
      <Panel className={styles.answer}>
        <div data-changed={changed} className={styles.result}>
          <AnswerView question={question} names={names} />
        </div>
      </Panel>
    </div>
  );
}
