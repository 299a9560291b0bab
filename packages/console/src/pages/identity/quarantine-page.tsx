import { useState } from 'react';
import { App, Button, Input, Modal, Segmented } from 'antd';
import { identityApi } from '@wutong/contract';
import { quarantineStates, type QuarantineItem } from '../../api/vocabulary.ts';
import { CALM_MS, useWrite } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Facts } from '../../parts/facts.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Answer, EmptyState, sentenceOf } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import styles from './quarantine.module.css';

type State = (typeof quarantineStates)[number];

/** Links that guards stopped, both sides next to each other with the evidence. */
export default function QuarantinePage() {
  const { text } = useReader();
  const words = text.data.quarantine;
  const [state, setState] = useUrlState('state', 'open');
  const [deciding, setDeciding] = useState<{ item: QuarantineItem; accept: boolean }>();
  const items = usePages(
    identityApi.listQuarantine,
    { query: { state: state as State } },
    { refetchIntervalMs: CALM_MS },
  );
  return (
    <Page title={words.title} lead={words.lead}>
      <Segmented
        style={{ justifySelf: 'start' }}
        value={state}
        onChange={(value) => setState(String(value))}
        options={quarantineStates.map((value) => ({ value, label: words.states[value] }))}
      />
      <Answer query={items.query} rows={6}>
        {() => (
          <>
            {items.items.length === 0 && (
              <Panel>
                <EmptyState title={words.none} hint={words.noneHint} />
              </Panel>
            )}
            {items.items.map((item) => (
              <ItemCard key={item.itemId} item={item} onDecide={(accept) => setDeciding({ item, accept })} />
            ))}
            {items.more && (
              <Button block loading={items.more.loading} onClick={items.more.onMore}>
                {text.state.more}
              </Button>
            )}
          </>
        )}
      </Answer>
      {deciding && <DecideDialog {...deciding} onClose={() => setDeciding(undefined)} />}
    </Page>
  );
}

/** Evidence that a person can weigh; numbers of keys and ids of assertions are for the record. */
function tellingEvidence(evidence: Record<string, unknown>): [string, unknown][] {
  return Object.entries(evidence).filter(([name]) => !/(Keys|Id|_id|_keys)$/.test(name));
}

function ItemCard({ item, onDecide }: { item: QuarantineItem; onDecide: (accept: boolean) => void }) {
  const { text, format } = useReader();
  const words = text.data.quarantine;
  const may = useMay(identityApi.decideQuarantine);
  const personIds = [...new Set(item.keys.map(({ personId }) => personId))];
  const userName = useUserNames();
  const nameOf = usePersonNames(personIds);
  return (
    <Panel
      title={words.reason[item.reason]}
      extra={
        <>
          {words.found} <TimeText at={item.foundAt} form="full" />
        </>
      }
    >
      <div className={styles.sides}>
        {personIds.map((personId) => (
          <div key={personId} className={styles.side}>
            <b>{nameOf(personId)}</b>
            {item.keys
              .filter((key) => key.personId === personId)
              .map(({ keyNumber, type, masked }) => (
                <span key={keyNumber} className="spread">
                  <span className="faint">{wordFor(text.words.keyType, type)}</span>
                  <span className="number">{masked}</span>
                </span>
              ))}
          </div>
        ))}
        <div className={styles.evidence}>
          <Facts
            facts={tellingEvidence(item.evidence).map(([name, value]) => [
              wordFor(words.evidenceNames, name),
              <ValueText key={name} value={value} />,
            ])}
          />
        </div>
      </div>
      {item.decidedBy && (
        <p className="soft">
          <Chip>{words.states[item.state]}</Chip>{' '}
          {words.decided(userName(item.decidedBy), format.dateTime(item.decidedAt))}
          {item.decisionReason && ` · ${item.decisionReason}`}
        </p>
      )}
      {item.state === 'open' && may && (
        <div className="row">
          <Button type="primary" onClick={() => onDecide(true)}>
            {words.accept}
          </Button>
          <Button onClick={() => onDecide(false)}>{words.reject}</Button>
        </div>
      )}
    </Panel>
  );
}

interface DecideDialogProps {
  item: QuarantineItem;
  accept: boolean;
  onClose: () => void;
}

function DecideDialog({ item, accept, onClose }: DecideDialogProps) {
  const { text } = useReader();
  const words = text.data.quarantine;
  const { message } = App.useApp();
  const [reason, setReason] = useState('');
  const decide = useWrite(identityApi.decideQuarantine);
  const submit = async () => {
    await decide.mutateAsync({ params: { itemId: item.itemId }, body: { accept, reason } });
    void message.success(words.done);
    onClose();
  };
  const label = accept ? words.accept : words.reject;
  return (
    <Modal
      open
      title={`${label} · ${words.reason[item.reason]}`}
      okText={label}
      cancelText={text.state.cancel}
      okButtonProps={{ disabled: reason.trim().length < 2 }}
      confirmLoading={decide.isPending}
      onOk={() => void submit().catch(() => undefined)}
      onCancel={onClose}
    >
      <Input.TextArea
        autoFocus
        rows={3}
        value={reason}
        aria-label={words.why}
        placeholder={words.whyPlaceholder}
        onChange={(event) => setReason(event.target.value)}
      />
      {decide.error && (
        <p role="alert" style={{ color: 'var(--red)' }}>
          {sentenceOf(decide.error, text)}
        </p>
      )}
    </Modal>
  );
}
