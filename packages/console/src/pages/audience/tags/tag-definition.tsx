import { lazy, Suspense, useMemo } from 'react';
import type { EqlDocument } from '@wutong/contract';
import { ValueField } from '../../../eql/builder/value-field.tsx';
import { ProblemList } from '../../../eql/problem-list.tsx';
import { noEffects, noProblems, RuleContextProvider } from '../../../eql/rule-context.ts';
import type { ExpressionNames } from '../../../eql/rule/names.ts';
import type { Check } from '../../../eql/use-check.ts';
import type { DraftControls } from '../../../eql/use-draft.ts';
import { Loading } from '../../../parts/states.tsx';
import { DistributionEditor, RecencyEditor, TopEditor } from './property-editors.tsx';
import type { TagShape } from './tag-shape.ts';
import styles from './tags.module.css';
import { TierEditor } from './tier-editor.tsx';

const TextFace = lazy(() => import('../../../eql/text-face/text-face.tsx'));

interface TagDefinitionProps {
  shape: TagShape;
  draft: DraftControls;
  check: Check;
  names: ExpressionNames;
}

/** The definition of a tag, drawn in its shape; as text where it has another one. */
export function TagDefinition({ shape, draft, check, names }: TagDefinitionProps) {
  const context = useMemo(
    () => ({ names, effects: noEffects, largestRemoval: 0, problems: noProblems }),
    [names],
  );
  const { document } = draft.written;
  const drawn =
    document && isDrawn(shape, document) ? (
      <DrawnDefinition shape={shape} document={document} onChange={draft.setDocument} />
    ) : undefined;
  return (
    <RuleContextProvider value={context}>
      {drawn ?? (
        <div className={styles.sheet}>
          <Suspense fallback={<Loading rows={4} />}>
            <TextFace
              value={draft.written.text}
              problems={check.problems}
              names={names}
              onChange={draft.setText}
              onUndo={draft.undo}
              onRedo={draft.redo}
              describedBy="tag-problems"
            />
          </Suspense>
        </div>
      )}
      <div id="tag-problems" aria-live="polite">
        <ProblemList value={draft.written.text} problems={check.problems} onChange={draft.setText} />
      </div>
    </RuleContextProvider>
  );
}

interface DrawnDefinitionProps {
  shape: TagShape;
  document: EqlDocument;
  onChange: (document: EqlDocument) => void;
}

/** Whether a definition can be drawn in a shape; otherwise it is edited as text. */
export function isDrawn(shape: TagShape, document: EqlDocument | undefined): boolean {
  if (!document || shape === 'text') return false;
  if (shape === 'tier' || shape === 'rfm') return document.kind === shape;
  if (document.kind !== 'value') return false;
  if (shape === 'top' || shape === 'distribution') return document.value.kind === shape;
  return shape === 'metric' || shape === 'occurrence';
}

function DrawnDefinition({ shape, document, onChange }: DrawnDefinitionProps) {
  if (document.kind === 'tier') return <TierEditor document={document} onChange={onChange} />;
  if (document.kind === 'rfm') return <RecencyEditor document={document} onChange={onChange} />;
  if (document.kind !== 'value') return null;
  const { value } = document;
  const put = (changed: typeof value) => onChange({ ...document, value: changed });
  if (value.kind === 'top') return <TopEditor value={value} onChange={put} />;
  if (value.kind === 'distribution') return <DistributionEditor value={value} onChange={put} />;
  return (
    <ValueField
      value={value}
      {...(shape === 'occurrence' ? { measures: ['first', 'last', 'nth'] as const } : {})}
      onChange={put}
    />
  );
}
