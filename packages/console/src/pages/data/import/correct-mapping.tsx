import { useState } from 'react';
import { App, Button, Form, Input, Skeleton } from 'antd';
import { importsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FormDialog } from '../../../parts/form-dialog.tsx';

/** Corrects the mapping by which the rejected rows of an import are replayed. */
export function CorrectMapping({ importId }: { importId: string }) {
  const { text } = useReader();
  const [open, setOpen] = useState(false);
  const may = useMay(importsApi.correctImportMapping);
  if (!may) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.imports.run.correct}</Button>
      {open && <MappingDialog importId={importId} onClose={() => setOpen(false)} />}
    </>
  );
}

function MappingDialog({ importId, onClose }: { importId: string; onClose: () => void }) {
  const { text } = useReader();
  const words = text.imports.run;
  const { message } = App.useApp();
  const read = useRead(importsApi.readImportMapping, { params: { importId } });
  const write = useWrite(importsApi.correctImportMapping, [
    importsApi.readImport,
    importsApi.readImportMapping,
  ]);
  const [edited, setEdited] = useState<string>();
  const json = edited ?? (read.data ? JSON.stringify(read.data.mapping, null, 2) : '');
  const mapping = parsed(json);
  const isWrong = edited !== undefined && mapping === undefined;
  return (
    <FormDialog
      title={words.correct}
      okText={words.correctSave}
      width={760}
      busy={write.isPending}
      error={write.error ?? read.error}
      isReady={edited !== undefined && !isWrong}
      lead={
        <p className="soft" style={{ marginBottom: 12 }}>
          {words.correctLead}
        </p>
      }
      onSend={async () => {
        // Whether it is a mapping the server says, with the places where it is none.
        await write.mutateAsync({ params: { importId }, body: { mapping: mapping as never } });
        void message.success(words.corrected);
        onClose();
      }}
      onClose={onClose}
    >
      {read.isPending ? (
        <Skeleton active />
      ) : (
        <Form.Item validateStatus={isWrong ? 'error' : ''} help={isWrong ? words.notJson : undefined}>
          <Input.TextArea
            className="mono"
            aria-label={words.correctField}
            spellCheck={false}
            autoSize={{ minRows: 12, maxRows: 24 }}
            value={json}
            onChange={({ target }) => setEdited(target.value)}
          />
        </Form.Item>
      )}
    </FormDialog>
  );
}

function parsed(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
