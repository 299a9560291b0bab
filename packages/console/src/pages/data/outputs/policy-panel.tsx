import { useState } from 'react';
import { App, Button, Input } from 'antd';
import { outputsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FoldablePanel } from '../../../parts/foldable-panel.tsx';
import { Answer } from '../../../parts/states.tsx';
import { TrialFailure } from '../kafka/trial-failure.tsx';

/** Which private addresses webhooks may call: shown to all, kept by the administrator. */
export function PolicyPanel() {
  const { text, format } = useReader();
  const policy = useRead(outputsApi.readOutputPolicy);
  return (
    <FoldablePanel title={text.outputs.policy} summary={format.integer(policy.data?.privateHosts.length)}>
      <Answer query={policy}>
        {({ privateHosts }) => <Hosts key={privateHosts.join('\n')} hosts={privateHosts} />}
      </Answer>
    </FoldablePanel>
  );
}

function Hosts({ hosts }: { hosts: readonly string[] }) {
  const { text } = useReader();
  const words = text.outputs;
  const { message } = App.useApp();
  const mayWrite = useMay(outputsApi.saveOutputPolicy);
  const [written, setWritten] = useState(hosts.join('\n'));
  const save = useWrite(outputsApi.saveOutputPolicy, [outputsApi.readOutputPolicy]);
  const wanted = written.split(/[\s,，、]+/).filter((each) => each !== '');
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <p className="faint">{words.policyHint}</p>
      {mayWrite ? (
        <Input.TextArea
          className="mono"
          aria-label={words.policy}
          autoSize={{ minRows: 2, maxRows: 10 }}
          value={written}
          placeholder={words.policyNone}
          onChange={({ target }) => setWritten(target.value)}
        />
      ) : (
        <p className="mono">{hosts.join(text.punctuation.comma) || words.policyNone}</p>
      )}
      {save.error && <TrialFailure error={save.error} />}
      {mayWrite && wanted.join('\n') !== hosts.join('\n') && (
        <Button
          style={{ justifySelf: 'start' }}
          loading={save.isPending}
          onClick={() =>
            save.mutate(
              { body: { privateHosts: wanted } },
              { onSuccess: () => void message.success(words.saved) },
            )
          }
        >
          {text.state.save}
        </Button>
      )}
    </div>
  );
}
