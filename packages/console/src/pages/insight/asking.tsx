import { useState } from 'react';
import { Button } from 'antd';
import { CaretRightOutlined, FilterOutlined } from '@ant-design/icons';
import { useSearchParams } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { useWide } from '../../parts/use-wide.ts';
import { AnswerView } from './answer-view.tsx';
import { QuestionForm } from './question-form.tsx';
import { writeQuestion, type Question } from './question/question.ts';
import type { InsightNames } from './question/use-insight-names.ts';
import questionStyles from './question/question.module.css';
import styles from './analysis-page.module.css';

interface AskingProps {
  question: Question;
  names: InsightNames;
}

/** A question being written at the left, the answer to the one in the address at the right. */
export function Asking({ question, names }: AskingProps) {
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
