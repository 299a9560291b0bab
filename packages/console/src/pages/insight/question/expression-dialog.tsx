import { useState } from 'react';
import { Modal, Select } from 'antd';
import { ExpressionEditor } from '../../../eql/expression-editor.tsx';
import { useCheck, type Face } from '../../../eql/use-check.ts';
import { useDraft } from '../../../eql/use-draft.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';
import type { InsightNames } from './use-insight-names.ts';
import { segmentExpression } from './segment-expression.ts';

interface ExpressionDialogProps {
  title: string;
  text: string;
  names: InsightNames;
  onSave: (text: string) => void;
  onClose: () => void;
}

/** Says who a question is about: a segment by its name, or rules with their live count. */
export default function ExpressionDialog(props: ExpressionDialogProps) {
  useReturnFocus();
  const { title, text: saved, names, onSave, onClose } = props;
  const { text: all, format } = useReader();
  const words = all.insight;
  const draft = useDraft(saved || 'person');
  const [face, setFace] = useState<Face>('rules');
  const check = useCheck(draft.written, face);
  return (
    <Modal
      open
      width={960}
      title={title}
      okText={all.state.confirm}
      cancelText={all.state.cancel}
      okButtonProps={{ disabled: !check.valid || check.busy || check.leftOut > 0 }}
      onOk={() => onSave(draft.written.text)}
      onCancel={onClose}
    >
      <div className="stack">
        {names.segments.length > 0 && (
          <Select
            aria-label={words.fromSegment}
            placeholder={words.fromSegment}
            value={null}
            showSearch={{ optionFilterProp: 'label' }}
            options={names.segments.map(({ segmentId, name }) => ({ value: segmentId, label: name }))}
            onChange={(segmentId: string | null) => segmentId && draft.setText(segmentExpression(segmentId))}
          />
        )}
        <ExpressionEditor draft={draft} check={check} face={face} onFace={setFace} />
        {check.count && (
          <p className="soft number" aria-live="polite">
            {words.peopleOf(format.integer(check.count.count), format.integer(check.count.total))}
          </p>
        )}
      </div>
    </Modal>
  );
}
