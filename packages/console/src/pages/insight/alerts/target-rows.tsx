import { Button, Input } from 'antd';
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { alertTargetSchema, type AlertTarget } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import styles from './alerts.module.css';

interface TargetRowsProps {
  targets: readonly AlertTarget[];
  onChange: (targets: AlertTarget[]) => void;
}

const MOST = 20;

/** Who is told, by e-mail or by webhook. */
export function TargetRows({ targets, onChange }: TargetRowsProps) {
  const { alerts: words } = useReader().text;
  const change = (index: number, next: AlertTarget) =>
    onChange(targets.map((each, place) => (place === index ? next : each)));
  return (
    <div className={styles.targets}>
      {targets.map((target, index) => {
        const written = target.kind === 'email' ? target.address : target.url;
        const wrong = written !== '' && !alertTargetSchema.safeParse(target).success;
        return (
          // A target has no identity besides its place.
          <div key={index} className={styles.target}>
            <span className="soft">{words.targetKinds[target.kind]}</span>
            <Input
              aria-label={words.targetKinds[target.kind]}
              status={wrong ? 'error' : undefined}
              aria-invalid={wrong}
              placeholder={target.kind === 'email' ? 'name@bank.cn' : 'https://…'}
              value={written}
              onChange={(event) =>
                change(
                  index,
                  target.kind === 'email'
                    ? { kind: 'email', address: event.target.value.trim() }
                    : { kind: 'webhook', url: event.target.value.trim() },
                )
              }
            />
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={words.removeTarget}
              onClick={() => onChange(targets.filter((_, place) => place !== index))}
            />
          </div>
        );
      })}
      {targets.length < MOST && (
        <div className="row">
          <Button
            type="link"
            size="small"
            icon={<PlusOutlined />}
            onClick={() => onChange([...targets, { kind: 'email', address: '' }])}
          >
            {words.addEmail}
          </Button>
          <Button
            type="link"
            size="small"
            icon={<PlusOutlined />}
            onClick={() => onChange([...targets, { kind: 'webhook', url: '' }])}
          >
            {words.addWebhook}
          </Button>
        </div>
      )}
    </div>
  );
}
