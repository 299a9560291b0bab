import { useState } from 'react';
import { Button, Form } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Panel } from '../../../parts/page.tsx';
import type { InsightNames } from '../../insight/question/use-insight-names.ts';
import { DefinitionFields } from '../definition-fields.tsx';
import type { SegmentDraft } from '../segment-form.tsx';
import formStyles from '../segment-form.module.css';
import { useFolders } from '../use-folders.ts';
import { LookalikeFields, type Lookalike } from './lookalike-fields.tsx';

export type LookalikeDraft = Omit<SegmentDraft, 'text'> & { lookalike: Lookalike };

interface LookalikeFormProps {
  draft: LookalikeDraft;
  names: InsightNames;
  idFixed: boolean;
  submitLabel: string;
  busy: boolean;
  error: unknown;
  onSubmit: (draft: LookalikeDraft) => void;
  onCancel: () => void;
}

/** Writes a lookalike: its name, whom it resembles, and by what. */
export function LookalikeForm(props: LookalikeFormProps) {
  const { draft, names, idFixed, submitLabel, busy, error, onSubmit, onCancel } = props;
  const { text } = useReader();
  const folders = useFolders('segments');
  const [lookalike, setLookalike] = useState(draft.lookalike);
  const ready = lookalike.seed !== '' && lookalike.features.length > 0;
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={draft}
      onFinish={(fields: Omit<SegmentDraft, 'text'>) => onSubmit({ ...draft, ...fields, lookalike })}
    >
      <div className="stack">
        <Panel>
          <div className={formStyles.form}>
            <DefinitionFields
              idField="segmentId"
              idFixed={idFixed}
              folders={folders}
              words={{ ...text.audience, namePlaceholder: text.audience.lookalike.namePlaceholder }}
              descriptionClass={formStyles.wide}
            />
          </div>
        </Panel>
        <LookalikeFields
          value={lookalike}
          names={names}
          ownId={idFixed ? draft.segmentId : undefined}
          onChange={setLookalike}
        />
        <FormProblem error={error} />
        <div className="row">
          <Button type="primary" htmlType="submit" loading={busy} disabled={!ready}>
            {submitLabel}
          </Button>
          <Button onClick={onCancel}>{text.state.cancel}</Button>
        </div>
      </div>
    </Form>
  );
}
