import { Button, Form, Modal, Select } from 'antd';
import { decisionApi } from '@wutong/contract';
import {
  channels,
  purposes,
  riskLevels,
  type Channel,
  type Purpose,
  type RiskLevel,
} from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { wordFor } from '../../text/text.ts';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import styles from './policy-dialog.module.css';

interface Fields {
  channel: Channel;
  purpose: Purpose;
  riskLevel?: RiskLevel;
}

const verdictTones = { allow: 'good', refuse: 'bad', defer: 'warn' } as const;

/** Why, or why not: what the gate would say of a message to this person, rule by rule. */
export function PolicyDialog({ personId, onClose }: { personId: number; onClose: () => void }) {
  useReturnFocus();
  const { text, format } = useReader();
  const words = text.people;
  const test = useWrite(decisionApi.testPolicy, []);
  return (
    <Modal open title={words.policy} footer={null} onCancel={onClose}>
      <p className="soft">{words.policyHint}</p>
      <Form<Fields>
        layout="inline"
        className={styles.form}
        initialValues={{ channel: 'sms', purpose: 'marketing' }}
        onFinish={(fields) => test.mutate({ body: { personId, ...fields } })}
      >
        <Form.Item name="channel" label={words.channel}>
          <Select
            style={{ width: 104 }}
            options={channels.map((value) => ({ value, label: wordFor(text.words.channel, value) }))}
          />
        </Form.Item>
        <Form.Item name="purpose" label={words.purpose}>
          <Select
            style={{ width: 88 }}
            options={purposes.map((value) => ({ value, label: wordFor(text.words.purpose, value) }))}
          />
        </Form.Item>
        <Form.Item name="riskLevel" label={words.riskLevel}>
          <Select
            allowClear
            style={{ width: 72 }}
            options={riskLevels.map((value) => ({ value, label: value }))}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={test.isPending}>
          {words.test}
        </Button>
      </Form>
      <FormProblem error={test.error} />
      {test.data && (
        <div aria-live="polite">
          <p className={styles.verdict}>
            <StateMark tone={verdictTones[test.data.verdict]}>{words.verdict[test.data.verdict]}</StateMark>
            {test.data.deferUntil && (
              <small className="faint"> {words.deferUntil(format.dateTime(test.data.deferUntil))}</small>
            )}
          </p>
          <ul className={styles.rules}>
            {test.data.rules.map(({ rule, passed, reason }) => (
              <li key={rule}>
                <span>{wordFor(words.rules, rule)}</span>
                <StateMark tone={passed ? 'good' : 'bad'}>
                  {passed ? words.passed : wordFor(text.words.reason, reason)}
                </StateMark>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Modal>
  );
}
