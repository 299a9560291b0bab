import { useState } from 'react';
import { App, Input, Modal, Progress } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { MOST_KEYS, useResolveKeys } from '../resolve-keys.ts';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';

/** Values in one request. */
const AT_ONCE = 10_000;

interface Line {
  key: string;
  values: string[];
}

/** A key and its values on each line; a key written twice keeps its last line. */
function linesIn(text: string): Line[] {
  const byKey = new Map<string, Line>();
  for (const line of text.split(/\r?\n/)) {
    const [key = '', ...values] = line.split(/[,，;；\t]/).map((cell) => cell.trim());
    if (key !== '') byKey.set(key, { key, values: values.filter((value) => value !== '') });
  }
  return [...byKey.values()].slice(0, MOST_KEYS);
}

/** Sets values of a tag for people named by any of their keys. */
export function TagValuesDialog({ tagId, onClose }: { tagId: string; onClose: () => void }) {
  useReturnFocus();
  const { text, format, language } = useReader();
  const words = text.tags;
  const { message } = App.useApp();
  const [typed, setTyped] = useState('');
  const resolve = useResolveKeys();
  const write = useWrite(audienceApi.setTagValues, [audienceApi.readTag, audienceApi.listTags]);
  const lines = linesIn(typed);
  const apply = async () => {
    const people = await resolve.run(lines.map(({ key }) => key));
    const values = lines.flatMap(({ key, values: given }) => {
      const personId = people.get(key);
      return personId === undefined ? [] : [{ personId, values: given }];
    });
    if (values.length === 0) return;
    let changed = 0;
    const refused: string[] = [];
    for (let start = 0; start < values.length; start += AT_ONCE) {
      const part = values.slice(start, start + AT_ONCE);
      const answer = await write.mutateAsync({ params: { tagId }, body: { values: part } });
      changed += answer.changed;
      for (const row of answer.refused) refused.push(row[language]);
    }
    void message.success(words.setDone(format.integer(changed)));
    if (refused.length > 0) void message.warning(words.notSet(format.integer(refused.length), refused[0]!));
    if (values.length === lines.length) onClose();
  };
  const error = resolve.error ?? write.error;
  return (
    <Modal
      open
      title={words.setValues}
      okText={words.apply}
      okButtonProps={{ disabled: lines.length === 0 }}
      confirmLoading={resolve.busy || write.isPending}
      onOk={() => void apply().catch(() => undefined)}
      onCancel={onClose}
    >
      <div className="stack" style={{ gap: 10 }}>
        <p className="faint">{words.setValuesHint}</p>
        <Input.TextArea
          rows={8}
          className="mono"
          aria-label={words.setValues}
          value={typed}
          placeholder={'C00001234,金卡\n13800000042,银卡'}
          onChange={(event) => setTyped(event.target.value)}
        />
        {resolve.busy && <Progress percent={resolve.percent} size="small" />}
        {resolve.missing.length > 0 && (
          <p role="status">
            {words.missingKeys(format.integer(resolve.missing.length))}{' '}
            <span className="faint">{resolve.missing.slice(0, 5).join(text.punctuation.comma)}</span>
          </p>
        )}
        <FormProblem error={error} />
      </div>
    </Modal>
  );
}
