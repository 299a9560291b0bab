import { lazy, Suspense, useMemo, useState, type KeyboardEvent } from 'react';
import { Button, Segmented, Tooltip } from 'antd';
import { RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { useReader } from '../frame/reader.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Failure, Loading } from '../parts/states.tsx';
import { RuleBuilder } from './builder/rule-builder.tsx';
import styles from './expression-editor.module.css';
import { ProblemList } from './problem-list.tsx';
import { hasInnerComment } from './rule/draft.ts';
import { RuleContextProvider, type RuleContext } from './rule-context.ts';
import type { Check, Face } from './use-check.ts';
import type { DraftControls } from './use-draft.ts';
import { useExpressionNames } from './use-expression-names.ts';

const TextFace = lazy(() => import('./text-face/text-face.tsx'));

interface ExpressionEditorProps {
  draft: DraftControls;
  check: Check;
  face: Face;
  onFace: (face: Face) => void;
}

/** An expression in two faces that turn into each other: rules to choose from, and text to write. */
export function ExpressionEditor({ draft, check, face, onFace }: ExpressionEditorProps) {
  const { rule: words } = useReader().text;
  const { names, error, isLoading } = useExpressionNames();
  const context = useRuleContext(names, check);
  const { written } = draft;
  const shown: Face = written.document?.kind === 'population' ? face : 'text';
  const onKeyDown = (event: KeyboardEvent) => {
    if (shown === 'text' || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) draft.redo();
    else draft.undo();
  };
  return (
    <div className={styles.editor} onKeyDown={onKeyDown}>
      <Head draft={draft} check={check} shown={shown} onFace={onFace} />
      {shown === 'rules' && hasInnerComment(written.text) && (
        <p className={styles.note}>{words.commentsLost}</p>
      )}
      {error !== null && error !== undefined && <Failure error={error} />}
      {isLoading ? (
        <Loading rows={4} />
      ) : (
        <RuleContextProvider value={context}>
          <ShownFace draft={draft} check={check} shown={shown} names={names} />
        </RuleContextProvider>
      )}
    </div>
  );
}

function useRuleContext(names: RuleContext['names'], check: Check): RuleContext {
  const { effects, problemsByPlace } = check;
  return useMemo(
    () => ({
      names,
      effects,
      largestRemoval: Math.max(0, ...[...effects.values()].map(({ removes }) => Math.abs(removes))),
      problems: problemsByPlace,
    }),
    [names, effects, problemsByPlace],
  );
}

interface HeadProps {
  draft: DraftControls;
  check: Check;
  shown: Face;
  onFace: (face: Face) => void;
}

function Head({ draft, check, shown, onFace }: HeadProps) {
  const { text, format } = useReader();
  const words = text.rule;
  const unreadable = draft.written.document === undefined;
  return (
    <div className={styles.head}>
      <Tooltip title={unreadable ? words.textWrong : undefined}>
        <Segmented<Face>
          aria-label={words.facesLabel}
          value={shown}
          options={[
            { value: 'rules', label: words.faces.rules, disabled: unreadable },
            { value: 'text', label: words.faces.text },
          ]}
          onChange={onFace}
        />
      </Tooltip>
      <span className={styles.history}>
        <Tooltip title={`${words.undo} Ctrl+Z`}>
          <Button
            type="text"
            icon={<UndoOutlined />}
            aria-label={words.undo}
            disabled={!draft.canUndo}
            onClick={draft.undo}
          />
        </Tooltip>
        <Tooltip title={`${words.redo} Ctrl+Y`}>
          <Button
            type="text"
            icon={<RedoOutlined />}
            aria-label={words.redo}
            disabled={!draft.canRedo}
            onClick={draft.redo}
          />
        </Tooltip>
      </span>
      <span className={styles.state} aria-live="polite">
        {check.leftOut > 0 ? (
          <StateMark tone="warn">{words.unfinished(format.integer(check.leftOut))}</StateMark>
        ) : check.busy ? (
          <span className="faint">{text.audience.checking}</span>
        ) : check.problems.length > 0 ? (
          <StateMark tone="bad">{text.audience.problems(format.integer(check.problems.length))}</StateMark>
        ) : (
          check.valid && <StateMark tone="good">{text.audience.valid}</StateMark>
        )}
      </span>
    </div>
  );
}

interface ShownFaceProps {
  draft: DraftControls;
  check: Check;
  shown: Face;
  names: RuleContext['names'];
}

function ShownFace({ draft, check, shown, names }: ShownFaceProps) {
  const { rule: words } = useReader().text;
  const { written } = draft;
  if (shown === 'rules' && written.document?.kind === 'population') {
    return <RuleBuilder document={written.document} onChange={draft.setDocument} />;
  }
  return (
    <>
      <div className={styles.sheet}>
        <Suspense fallback={<Loading rows={5} />}>
          <TextFace
            value={written.text}
            problems={check.problems}
            names={names}
            onChange={draft.setText}
            onUndo={draft.undo}
            onRedo={draft.redo}
            describedBy="eql-problems"
          />
        </Suspense>
      </div>
      <p className="faint">{words.editor.complete}</p>
      <div id="eql-problems" aria-live="polite">
        <ProblemList value={written.text} problems={check.problems} onChange={draft.setText} />
      </div>
    </>
  );
}

/** The face an expression opens in, and the one chosen since. */
export function useFace(): [Face, (face: Face) => void] {
  return useState<Face>('rules');
}
