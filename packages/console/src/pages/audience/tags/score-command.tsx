import { App, Button } from 'antd';
import { CopyOutlined } from '@ant-design/icons';
import { useReader } from '../../../frame/reader.tsx';
import styles from './tags.module.css';

/** A line for the terminal that sets one score; only the token is missing. */
function commandFor(tagId: string): string {
  const body = JSON.stringify({
    modelVersion: '2026-01',
    values: [{ personId: 1, values: ['0.82'] }],
  });
  return [
    `curl -X POST ${window.location.origin}/api/v1/tags/${tagId}/values \\`,
    `  -H "Authorization: Bearer $WUTONG_TOKEN" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${body}'`,
  ].join('\n');
}

/** How scores are written through the API, ready to be copied. */
export function ScoreCommand({ tagId }: { tagId: string }) {
  const { text } = useReader();
  const words = text.tags.model;
  const { message } = App.useApp();
  const command = commandFor(tagId);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    void message.success(text.state.copied);
  };
  return (
    <div className={styles.command}>
      <p className="soft">{words.commandHint}</p>
      <pre tabIndex={0} aria-label={words.command}>
        {command}
      </pre>
      <Button
        size="small"
        icon={<CopyOutlined />}
        onClick={() => void copy().catch(() => message.error(text.insight.noClipboard))}
      >
        {text.state.copy}
      </Button>
    </div>
  );
}
