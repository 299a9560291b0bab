import { useState } from 'react';
import { Button, Form } from 'antd';
import { audienceApi } from '@wutong/contract';
import type { Schedule } from '../../api/vocabulary.ts';
import { useRead } from '../../api/use-endpoint.ts';
import { ExpressionEditor } from '../../eql/expression-editor.tsx';
import { LiveCount } from '../../eql/live-count.tsx';
import { useCheck, type Face } from '../../eql/use-check.ts';
import { useDraft } from '../../eql/use-draft.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';
import { Panel } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { DefinitionFields } from './definition-fields.tsx';
import { SamplePeople } from './sample-people.tsx';
import styles from './segment-form.module.css';
import { useFolders } from './use-folders.ts';

export interface SegmentDraft {
  segmentId: string;
  name: string;
  description: string;
  folder: string;
  text: string;
  schedule: Schedule;
}

interface SegmentFormProps {
  draft: SegmentDraft;
  /** A saved segment keeps its id. */
  idFixed: boolean;
  submitLabel: string;
  busy: boolean;
  error: unknown;
  onSubmit: (draft: SegmentDraft) => void;
  onCancel?: () => void;
}

const SAMPLE = 10;

/** Writes a segment: conditions with their effect, the live count beside them, some of the people below. */
export function SegmentForm(props: SegmentFormProps) {
  const { draft: begun, submitLabel, busy, error, onSubmit, onCancel } = props;
  const { text: words } = useReader();
  const draft = useDraft(begun.text);
  const [face, setFace] = useState<Face>('rules');
  const check = useCheck(draft.written, face);
  const people = useRead(
    audienceApi.peopleOfEql,
    { body: { ...check.asked, limit: SAMPLE } },
    { enabled: check.valid, keepPrevious: true },
  );
  const ready = check.valid && check.leftOut === 0 && !check.busy;
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={begun}
      onFinish={(fields: Omit<SegmentDraft, 'text'>) =>
        onSubmit({ ...begun, ...fields, text: draft.written.text })
      }
    >
      <div className="stack">
        <NameFields idFixed={props.idFixed} />
        <div className={styles.writing}>
          <Panel title={words.audience.definition} definition={words.audience.definitionHint}>
            <ExpressionEditor draft={draft} check={check} face={face} onFace={setFace} />
          </Panel>
          <div className={styles.beside}>
            <Panel>
              <LiveCount check={check} />
            </Panel>
            <FormProblem error={error} />
            <div className="row">
              <Button type="primary" htmlType="submit" loading={busy} disabled={!ready}>
                {submitLabel}
              </Button>
              {onCancel && <Button onClick={onCancel}>{words.state.cancel}</Button>}
            </div>
          </div>
        </div>
        {check.valid && (
          <Panel title={words.audience.sample} flush>
            <Answer query={people}>
              {({ items }) => <SamplePeople label={words.audience.sample} people={items} />}
            </Answer>
          </Panel>
        )}
      </div>
    </Form>
  );
}

function NameFields({ idFixed }: { idFixed: boolean }) {
  const { audience: words } = useReader().text;
  const folders = useFolders('segments');
  return (
    <Panel>
      <div className={styles.form}>
        <DefinitionFields
          idField="segmentId"
          idFixed={idFixed}
          folders={folders}
          words={words}
          descriptionClass={styles.wide}
        />
      </div>
    </Panel>
  );
}
