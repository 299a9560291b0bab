import { useState } from 'react';
import { App, Button, Input } from 'antd';
import { connectionsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FoldablePanel } from '../../../parts/foldable-panel.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Answer } from '../../../parts/states.tsx';

/** Which hosts connections may reach: shown to all, kept by the administrator. */
export function ReachPanel() {
  const { text, format } = useReader();
  const words = text.warehouse.connections;
  const reach = useRead(connectionsApi.readReach);
  return (
    <FoldablePanel title={words.reach} summary={format.integer(reach.data?.hosts.length)}>
      <Answer query={reach}>{({ hosts }) => <Hosts key={hosts.join('\n')} hosts={hosts} />}</Answer>
    </FoldablePanel>
  );
}

function Hosts({ hosts }: { hosts: readonly string[] }) {
  const { text } = useReader();
  const words = text.warehouse.connections;
  const { message } = App.useApp();
  const mayWrite = useMay(connectionsApi.saveReach);
  const [written, setWritten] = useState(hosts.join('\n'));
  const save = useWrite(connectionsApi.saveReach, [connectionsApi.readReach]);
  const wanted = written
    .split(/[\s,，、]+/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const submit = () =>
    save.mutate({ body: { hosts: wanted } }, { onSuccess: () => void message.success(words.saved) });
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <p className="faint">{words.reachHint}</p>
      {mayWrite ? (
        <Input.TextArea
          className="mono"
          aria-label={words.reach}
          autoSize={{ minRows: 2, maxRows: 10 }}
          value={written}
          placeholder={words.reachNone}
          onChange={({ target }) => setWritten(target.value)}
        />
      ) : (
        <p className="mono">{hosts.join(text.punctuation.comma) || words.reachNone}</p>
      )}
      <FormProblem error={save.error} />
      {mayWrite && wanted.join('\n') !== hosts.join('\n') && (
        <Button style={{ justifySelf: 'start' }} loading={save.isPending} onClick={submit}>
          {text.state.save}
        </Button>
      )}
    </div>
  );
}
