import { useState } from 'react';
import { Modal, Select } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useText } from '../../frame/reader.tsx';
import { LIST_LIMIT } from './use-folders.ts';

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
  const { audience: words } = useText();
  const [chosen, setChosen] = useState<string[]>([]);
  const { data } = useRead(audienceApi.listSegments, { query: { limit: LIST_LIMIT } });
  const others = (data?.items ?? []).filter(({ segmentId }) => segmentId !== segment.segmentId);
  return (
    <Modal
      open
      title={words.combine.title}
      okButtonProps={{ disabled: chosen.length === 0 }}
      onOk={() => onPicked([segment, ...others.filter(({ segmentId }) => chosen.includes(segmentId))])}
      onCancel={onClose}
    >
      <Select
        mode="multiple"
        autoFocus
        style={{ width: '100%' }}
        aria-label={words.combine.with}
        placeholder={words.combine.with}
        optionFilterProp="label"
        value={chosen}
        options={others.map(({ segmentId, name }) => ({ value: segmentId, label: name }))}
        onChange={setChosen}
      />
    </Modal>
  );
}
