import { Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { importsApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { keepFile, type FileAtHand } from './files-at-hand.ts';

/** Imports that wait for a file of this name, or for the rest of it: whoever chose it again may go on there. */
export function UnfinishedRuns({ atHand }: { atHand: FileAtHand }) {
  const { text, format } = useReader();
  const words = text.imports.unfinished;
  const navigate = useNavigate();
  const runs = useRead(importsApi.listImports, { query: { unfinishedFile: atHand.file.name, limit: 3 } });
  const items = runs.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title={words.title}>
      <div className="stack">
        <p className="soft">{words.hint}</p>
        {items.map(({ importId, name, startedAt, rows }) => (
          <div key={importId} className="spread">
            <span>
              {name} · <TimeText at={startedAt} /> · {words.done(format.integer(rows))}
            </span>
            <Button
              size="small"
              type="primary"
              onClick={() => {
                keepFile(importId, atHand);
                void navigate(`/data/import/${importId}`);
              }}
            >
              {text.imports.run.resume}
            </Button>
          </div>
        ))}
      </div>
    </Panel>
  );
}
