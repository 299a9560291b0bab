import { Form, Input, Select, Switch } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { areBrokers, type KafkaDraft } from './kafka-draft.ts';
import styles from './kafka-fields.module.css';

interface KafkaFieldsProps {
  draft: KafkaDraft;
  /** Names of the secrets that are saved. */
  kept: readonly string[];
  onChange: (draft: KafkaDraft) => void;
}

/** Brokers, encryption and login of a Kafka cluster. */
export function KafkaFields({ draft, kept, onChange }: KafkaFieldsProps) {
  const { kafka: words } = useReader().text;
  const isWrong = draft.brokers.trim() !== '' && !areBrokers(draft);
  return (
    <div className={styles.pair}>
      <Form.Item
        label={words.brokers}
        extra={words.brokersHint}
        validateStatus={isWrong ? 'error' : undefined}
        help={isWrong ? words.brokersWrong : undefined}
      >
        <Input.TextArea
          className="mono"
          aria-label={words.brokers}
          autoSize={{ minRows: 2, maxRows: 6 }}
          value={draft.brokers}
          placeholder="kafka1.bank.cn:9092"
          onChange={({ target }) => onChange({ ...draft, brokers: target.value })}
        />
      </Form.Item>
      <div>
        <Form.Item label={words.login}>
          <Select
            aria-label={words.login}
            value={draft.mechanism}
            onChange={(mechanism) => onChange({ ...draft, mechanism })}
            options={[
              { value: '' as const, label: words.noLogin },
              ...(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map((value) => ({
                value,
                label: value,
              })),
            ]}
          />
        </Form.Item>
        {draft.mechanism !== '' && <Login draft={draft} kept={kept} onChange={onChange} />}
        <Form.Item>
          <label className="row">
            <Switch
              aria-label={words.tls}
              checked={draft.isEncrypted}
              onChange={(isEncrypted) => onChange({ ...draft, isEncrypted })}
            />
            {words.tls}
          </label>
        </Form.Item>
      </div>
      {draft.isEncrypted && <Encryption draft={draft} kept={kept} onChange={onChange} />}
    </div>
  );
}

function Login({ draft, kept, onChange }: KafkaFieldsProps) {
  const { kafka: words } = useReader().text;
  return (
    <div className={styles.pair}>
      <Form.Item label={words.username}>
        <Input
          aria-label={words.username}
          value={draft.username}
          autoComplete="off"
          onChange={({ target }) => onChange({ ...draft, username: target.value })}
        />
      </Form.Item>
      <Form.Item label={words.password}>
        <Input.Password
          aria-label={words.password}
          value={draft.password}
          autoComplete="new-password"
          placeholder={kept.includes('saslPassword') ? words.keptSecret : undefined}
          onChange={({ target }) => onChange({ ...draft, password: target.value })}
        />
      </Form.Item>
    </div>
  );
}

function Encryption({ draft, kept, onChange }: KafkaFieldsProps) {
  const { kafka: words } = useReader().text;
  const pem = (name: 'certificateAuthority' | 'clientCertificate' | 'clientKey', hint?: string) => (
    <Form.Item label={words[name]} extra={hint}>
      <Input.TextArea
        className="mono"
        aria-label={words[name]}
        autoSize={{ minRows: 2, maxRows: 6 }}
        value={draft[name]}
        placeholder={name === 'clientKey' && kept.includes('clientKey') ? words.keptSecret : '-----BEGIN …'}
        onChange={({ target }) => onChange({ ...draft, [name]: target.value })}
      />
    </Form.Item>
  );
  return (
    <>
      {pem('certificateAuthority', words.certificateAuthorityHint)}
      <Form.Item label={words.serverName} extra={words.serverNameHint}>
        <Input
          aria-label={words.serverName}
          value={draft.serverName}
          onChange={({ target }) => onChange({ ...draft, serverName: target.value })}
        />
      </Form.Item>
      {pem('clientCertificate')}
      {draft.clientCertificate.trim() !== '' && pem('clientKey')}
    </>
  );
}
