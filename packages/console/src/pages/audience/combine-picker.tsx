import { useState } from 'react';
import { Modal, Select } from 'antd';
import { useText } from '../../frame/reader.tsx';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import { useSegmentChoice } from './segment-choice.ts';

interface Picked {
  segmentId: string;
  name: string;
  members?: number | undefined;
}

interface CombinePickerProps {
  segment: Picked;
  onPicked: (segments: readonly Picked[]) => void;
  onClose: () => void;
}

/** Which segments this one is put together with. */
export function CombinePicker({ segment, onPicked, onClose }: CombinePickerProps) {
  useReturnFocus();
  const { audience: words } = useText();
  const [chosen, setChosen] = useState<Picked[]>([]);
  const choice = useSegmentChoice();
  const offered = choice.items.filter(({ segmentId }) => segmentId !== segment.segmentId);
  const pick = (ids: readonly string[]) =>
    setChosen(ids.flatMap((id) => [...chosen, ...offered].find(({ segmentId }) => segmentId === id) ?? []));
  return (
    <Modal
      open
      title={words.combine.title}
      okButtonProps={{ disabled: chosen.length === 0 }}
      onOk={() => onPicked([segment, ...chosen])}
      onCancel={onClose}
    >
      <Select
        mode="multiple"
        autoFocus
        style={{ width: '100%' }}
        aria-label={words.combine.with}
        placeholder={words.combine.with}
        {...choice.select}
        value={chosen.map(({ segmentId }) => segmentId)}
        options={[
          ...chosen,
          ...offered.filter(({ segmentId }) => !chosen.some((each) => each.segmentId === segmentId)),
        ].map(({ segmentId, name }) => ({ value: segmentId, label: name }))}
        onChange={pick}
      />
    </Modal>
  );
}
