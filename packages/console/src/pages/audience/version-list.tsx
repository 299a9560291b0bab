import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { EqlText } from '../../parts/eql-text.tsx';
import { Panel } from '../../parts/page.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import styles from './segment-page.module.css';

interface VersionListProps {
  versions: readonly { version: number; text?: string | undefined; editedBy: string; editedAt: string }[];
  current: number;
}

/** How a definition was written before, newest first: who changed it, when, to what. */
export function VersionList({ versions, current }: VersionListProps) {
  const { text } = useReader();
  const words = text.audience;
  const userName = useUserNames();
  if (versions.length === 0) return <EmptyState small title={text.state.none} />;
  return (
    <Panel title={words.versions}>
      <ol className={styles.versions}>
        {versions.map(({ version, text: expression, editedBy, editedAt }) => (
          <li key={version}>
            <div className="row">
              <b>{text.strategy.versionNumber(String(version))}</b>
              {version === current && <Chip tone="good">{words.currentVersion}</Chip>}
              <span className="faint">
                {userName(editedBy)} · <TimeText at={editedAt} />
              </span>
            </div>
            {expression && <EqlText text={expression} />}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
