import { Form, Input, Select } from 'antd';
import { ingestApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import fields from '../kafka/kafka-fields.module.css';
import type { StreamDraft } from './stream-draft.ts';

interface StreamNamePanelProps {
  draft: StreamDraft;
  isNew: boolean;
  onChange: (draft: StreamDraft) => void;
}

/** What the stream is called and under which source its records are booked. */
export function StreamNamePanel({ draft, isNew, onChange }: StreamNamePanelProps) {
  const { text } = useReader();
  const words = text.streams;
  const sources = useRead(ingestApi.listSources);
  return (
    <Panel title={words.identity}>
      <Form layout="vertical" component="div" className={fields.pair}>
        <Form.Item label={words.name}>
          <Input
            aria-label={words.name}
            value={draft.name}
            maxLength={200}
            onChange={({ target }) => onChange({ ...draft, name: target.value })}
          />
        </Form.Item>
        <Form.Item label={words.id} extra={isNew ? words.idHint : undefined}>
          <Input
            className="mono"
            aria-label={words.id}
            disabled={!isNew}
            value={draft.streamId}
            maxLength={63}
            onChange={({ target }) => onChange({ ...draft, streamId: target.value })}
          />
        </Form.Item>
        <Form.Item label={words.source} extra={text.imports.start.sourceHint}>
          <Select
            aria-label={words.source}
            disabled={!isNew}
            value={draft.sourceId}
            onChange={(sourceId) => onChange({ ...draft, sourceId })}
            options={[
              { value: '', label: words.newSource },
              ...(sources.data?.items ?? []).map(({ sourceId, name }) => ({ value: sourceId, label: name })),
            ]}
          />
        </Form.Item>
      </Form>
    </Panel>
  );
}
