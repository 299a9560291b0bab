import { useState } from 'react';
import { Form, Input, Progress, Upload } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { keysIn, MOST_KEYS, useResolveKeys } from './resolve-keys.ts';
import styles from './segment-list.module.css';

interface ImportListProps {
  /** The imported segment that gets another list; absent: a new one is made. */
  segment?: { segmentId: string; name: string };
  onClose: () => void;
}

/** A segment of people named by a list: customer numbers, mobile numbers or any other whole key value. */
export function ImportListDialog({ segment, onClose }: ImportListProps) {
  const { text, format } = useReader();
  const words = text.audience.importList;
  const navigate = useNavigate();
  const [name, setName] = useState(segment?.name ?? '');
  const [typed, setTyped] = useState('');
  const resolve = useResolveKeys();
  const create = useWrite(audienceApi.createSegment, [audienceApi.listSegments]);
  const replace = useWrite(audienceApi.setSegmentMembers);
  const keys = keysIn(typed);
  const { found, done } = resolve;
  const submit = async () => {
    if (segment) {
      await replace.mutateAsync({ params: { segmentId: segment.segmentId }, body: { personIds: found } });
      onClose();
      return;
    }
    const made = await create.mutateAsync({
      body: {
        segmentId: `list_${Date.now().toString(36)}`,
        name,
        kind: 'import',
        personIds: found,
        schedule: { every: 'manual' },
      },
    });
    void navigate(`/audiences/${made.segmentId}`);
  };
  const isReady = name.trim() !== '' && keys.length > 0 && (done === undefined || found.length > 0);
  return (
    <FormDialog
      title={segment ? words.replaceTitle(segment.name) : words.title}
      okText={
        done === undefined
          ? words.find
          : (segment ? words.replace : words.create)(format.integer(found.length))
      }
      busy={resolve.busy || create.isPending || replace.isPending}
      error={resolve.error ?? create.error ?? replace.error}
      isReady={isReady}
      onSend={() => (done === undefined ? resolve.run(keys) : submit())}
      onClose={onClose}
    >
      {!segment && <TextField label={text.audience.name} value={name} maxLength={200} onChange={setName} />}
      <Form.Item label={words.keys} extra={words.hint(format.integer(MOST_KEYS))}>
        <Input.TextArea
          rows={7}
          className="mono"
          aria-label={words.keys}
          value={typed}
          placeholder={'C00001234\n13800000042'}
          onChange={(event) => {
            setTyped(event.target.value);
            resolve.forget();
          }}
        />
      </Form.Item>
      <Upload
        accept=".csv,.txt"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(file) => {
          void file.text().then((content) => {
            setTyped(content);
            resolve.forget();
          });
          return false;
        }}
      >
        <a role="button">{words.file}</a>
      </Upload>
      <Outcome resolve={resolve} />
    </FormDialog>
  );
}

/** How far the search is, how many were found, and which values belong to nobody. */
function Outcome({ resolve }: { resolve: ReturnType<typeof useResolveKeys> }) {
  const { text, format } = useReader();
  const { busy, percent, done, found, missing } = resolve;
  return (
    <div className={styles.progress} aria-live="polite">
      {busy && <Progress percent={percent} size="small" />}
      {done !== undefined && (
        <p>
          {text.audience.importList.result(format.integer(found.length), format.integer(missing.length))}
          {missing.length > 0 && (
            <span className="faint"> {missing.slice(0, 5).join(text.punctuation.comma)}</span>
          )}
        </p>
      )}
    </div>
  );
}
