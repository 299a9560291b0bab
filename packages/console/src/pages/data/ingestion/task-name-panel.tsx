import { AutoComplete, Form, Input } from 'antd';
import { ingestApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import styles from './ingestion.module.css';
import type { TaskDraft } from './task-draft.ts';

interface TaskNamePanelProps {
  draft: TaskDraft;
  isNew: boolean;
  onChange: (draft: TaskDraft) => void;
}

/** What the task is called and where its records are booked. */
export function TaskNamePanel({ draft, isNew, onChange }: TaskNamePanelProps) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const sources = useRead(ingestApi.listSources);
  return (
    <Panel title={words.identity}>
      <Form layout="vertical" component="div" className={styles.pair}>
        <Form.Item label={text.warehouse.connections.name}>
          <Input
            aria-label={text.warehouse.connections.name}
            value={draft.name}
            maxLength={200}
            onChange={({ target }) => onChange({ ...draft, name: target.value })}
          />
        </Form.Item>
        <Form.Item label={words.id} extra={isNew ? words.idHint : undefined}>
          <Input
            className="mono"
            aria-label={words.id}
            readOnly={!isNew}
            variant={isNew ? undefined : 'filled'}
            value={draft.taskId}
            maxLength={63}
            onChange={({ target }) => onChange({ ...draft, taskId: target.value })}
          />
        </Form.Item>
        <Form.Item label={words.source} extra={text.imports.start.sourceHint}>
          <AutoComplete
            aria-label={words.source}
            value={draft.sourceId}
            onChange={(sourceId: string) => onChange({ ...draft, sourceId })}
            options={(sources.data?.items ?? []).map(({ sourceId, name }) => ({
              value: sourceId,
              label: `${name} (${sourceId})`,
            }))}
          />
        </Form.Item>
      </Form>
    </Panel>
  );
}
