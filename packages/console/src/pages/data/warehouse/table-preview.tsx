import { useState } from 'react';
import { App, Button, Form, Input } from 'antd';
import { connectionsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Answer } from '../../../parts/states.tsx';
import { PreviewRows } from './preview-rows.tsx';

interface TablePreviewProps {
  connectionId: string;
  schema: string;
  table: string;
}

/** The first rows of a table of a source, and the way to map it. */
export function TablePreview({ connectionId, schema, table }: TablePreviewProps) {
  const { text } = useReader();
  const words = text.warehouse.connections;
  const mayWrite = useMay(connectionsApi.saveMappedTable);
  const [mapping, setMapping] = useState(false);
  const preview = useRead(connectionsApi.previewSourceTable, {
    params: { connectionId },
    query: { schema, table },
  });
  return (
    <Panel
      flush
      title={table}
      extra={
        mayWrite && (
          <Button size="small" type="primary" onClick={() => setMapping(true)}>
            {words.map}
          </Button>
        )
      }
    >
      <Answer query={preview}>{(data) => <PreviewRows preview={data} />}</Answer>
      {mapping && (
        <MapDialog
          connectionId={connectionId}
          schema={schema}
          table={table}
          onClose={() => setMapping(false)}
        />
      )}
    </Panel>
  );
}

/** A name that SQL takes, from what the source calls the table. */
const nameOf = (table: string): string =>
  table
    .toLowerCase()
    .replace(/\.(csv|parquet|json|ndjson|gz)+$/, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, 't_')
    .slice(0, 63);

function MapDialog({ connectionId, schema, table, onClose }: TablePreviewProps & { onClose: () => void }) {
  const { text } = useReader();
  const words = text.warehouse.connections;
  const { message } = App.useApp();
  const save = useWrite(connectionsApi.saveMappedTable, [connectionsApi.listMappedTables]);
  const submit = async ({ tableName, description }: { tableName: string; description?: string }) => {
    await save.mutateAsync({
      params: { tableName },
      body: { connectionId, schema, table, description: description ?? '' },
    });
    void message.success(words.mappedDone(tableName));
    onClose();
  };
  return (
    <FormDialog<{ tableName: string; description?: string }>
      title={`${words.map} · ${table}`}
      okText={text.state.confirm}
      busy={save.isPending}
      error={save.error}
      initialValues={{ tableName: nameOf(table) }}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item
        name="tableName"
        label={words.mapName}
        rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,62}$/, message: words.idWrong }]}
      >
        <Input className="mono" autoFocus />
      </Form.Item>
      <Form.Item name="description" label={words.mapNote}>
        <Input.TextArea autoSize={{ minRows: 2 }} maxLength={2_000} />
      </Form.Item>
    </FormDialog>
  );
}
