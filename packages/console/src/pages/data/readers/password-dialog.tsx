import { Button, Modal, Typography } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { ConnectionLines } from './connection-panel.tsx';

export interface ShownPassword {
  user: string;
  password: string;
  url: string;
  database: string;
}

/** A password that is shown once, with lines in which it stands; closes only by saying that it was taken. */
export function PasswordDialog({ shown, onClose }: { shown: ShownPassword; onClose: () => void }) {
  const { readers: words } = useReader().text;
  return (
    <Modal
      open
      width={720}
      title={words.passwordFor(shown.user)}
      closable={false}
      maskClosable={false}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {words.passwordTaken}
        </Button>
      }
    >
      <p className="soft">{words.passwordOnce}</p>
      <p>
        <Typography.Text
          copyable
          className="mono"
          style={{ overflowWrap: 'anywhere' }}
          aria-label={words.password}
        >
          {shown.password}
        </Typography.Text>
      </p>
      <ConnectionLines {...shown} />
    </Modal>
  );
}
