import { useState } from 'react';
import { App, Button, Checkbox, Input, Modal } from 'antd';
import { identityApi } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Panel } from '../../parts/page.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Answer, EmptyState, sentenceOf } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import styles from './person.module.css';

/** Why these keys are one person, when they moved, and the way to split them again. */
export function MergeEvidence({ person }: { person: PersonView }) {
  const { text } = useReader();
  const words = text.people.merges;
  const mayWrite = useMay(identityApi.unmergePerson);
  const userName = useUserNames();
  const [splitting, setSplitting] = useState(false);
  const history = useRead(identityApi.readMergeHistory, { params: { personId: person.personId } });
  return (
    <div className="stack">
      <Panel
        flush
        title={words.assertions}
        definition={words.assertionsDefinition}
        extra={
          mayWrite &&
          person.keys.length > 1 && (
            <Button size="small" danger onClick={() => setSplitting(true)}>
              {words.unmerge}
            </Button>
          )
        }
      >
        <Answer query={history}>
          {({ assertions, changes }) => (
            <>
              {assertions.length === 0 && <EmptyState small title={words.none} />}
              {assertions.map((assertion) => (
                <div key={assertion.assertionId} className={styles.relation}>
                  <span className="spread">
                    <span className="row">
                      <b>{words.kind[assertion.kind]}</b>
                      {assertion.retracted && <Chip tone="bad">{words.retracted}</Chip>}
                      {assertion.keys.map(({ type, keyNumber, masked }) => (
                        <Chip key={keyNumber}>
                          {wordFor(text.words.keyType, type)} {masked}
                        </Chip>
                      ))}
                    </span>
                    <span className="faint">
                      <TimeText at={assertion.lastAt} />
                    </span>
                  </span>
                  <span className="faint">
                    {[assertion.sourceId, assertion.actor && userName(assertion.actor), assertion.reason]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </div>
              ))}
              {changes.length > 0 && (
                <div className={styles.relation}>
                  <b>{words.changes}</b>
                  {changes.map(({ sequence, keyNumber, oldPersonId, newPersonId, at }) => (
                    <span key={sequence} className="spread">
                      <span className="number">
                        {words.change(String(keyNumber), String(oldPersonId), String(newPersonId))}
                      </span>
                      <span className="faint">
                        <TimeText at={at} />
                      </span>
                    </span>
                  ))}
                </div>
              )}
            </>
          )}
        </Answer>
      </Panel>
      {splitting && <SplitDialog person={person} onClose={() => setSplitting(false)} />}
    </div>
  );
}

function SplitDialog({ person, onClose }: { person: PersonView; onClose: () => void }) {
  const { text, format } = useReader();
  const words = text.people.merges;
  const { message } = App.useApp();
  const [keyNumbers, setKeyNumbers] = useState<number[]>([]);
  const [reason, setReason] = useState('');
  const split = useWrite(identityApi.unmergePerson);
  const submit = async () => {
    const { personIds } = await split.mutateAsync({
      params: { personId: person.personId },
      body: { keyNumbers, reason },
    });
    void message.success(words.unmerged(format.integer(personIds.length)));
    onClose();
  };
  const ready = keyNumbers.length > 0 && keyNumbers.length < person.keys.length && reason.trim().length >= 2;
  return (
    <Modal
      open
      title={words.unmerge}
      okText={words.unmerge}
      cancelText={text.state.cancel}
      okButtonProps={{ danger: true, disabled: !ready }}
      confirmLoading={split.isPending}
      onOk={() => void submit().catch(() => undefined)}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="soft">{words.unmergeHint}</p>
        <Checkbox.Group<number>
          style={{ display: 'grid', gap: 8 }}
          value={keyNumbers}
          onChange={setKeyNumbers}
          options={person.keys.map(({ type, keyNumber, masked }) => ({
            value: keyNumber,
            label: `${wordFor(text.words.keyType, type)} ${masked}`,
          }))}
        />
        <Input
          value={reason}
          placeholder={words.reason}
          aria-label={words.reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {split.error && (
          <p role="alert" style={{ color: 'var(--red)' }}>
            {sentenceOf(split.error, text)}
          </p>
        )}
      </div>
    </Modal>
  );
}
