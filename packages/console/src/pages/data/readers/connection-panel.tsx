import { Typography } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { connectionLine, lineKinds } from './connection-lines.ts';
import styles from './readers.module.css';

interface ConnectionLinesProps {
  url: string;
  database: string;
  user: string;
  /** Shown in the lines while it is known. */
  password?: string;
}

/** Lines to copy into a terminal or a tool. */
export function ConnectionLines({ url, database, user, password }: ConnectionLinesProps) {
  const { readers: words } = useReader().text;
  return (
    <dl className={styles.lines}>
      {lineKinds.map((kind) => {
        const line = connectionLine(kind, {
          url,
          database,
          user,
          password: password ?? words.placeholder,
        });
        return (
          <div key={kind}>
            <dt>
              {words.lines[kind]} <span className="faint">{words.linesHint[kind]}</span>
            </dt>
            <dd>
              <Typography.Text copyable className="mono">
                {line}
              </Typography.Text>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
