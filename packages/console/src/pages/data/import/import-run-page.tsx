import { useCallback, useEffect, useRef, useState } from 'react';
import { Button, Progress } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { importsApi } from '@wutong/contract';
import { forgetUpload } from '../../../api/keep-upload.ts';
import { ProblemError } from '../../../api/problem-error.ts';
import { sendFile } from '../../../api/send-file.ts';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import type { Import } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { FormProblem, ProblemLine } from '../../../parts/form-problem.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Chip, StateMark, toneOf } from '../../../parts/state-mark.tsx';
import { Answer } from '../../../parts/states.tsx';
import { wordFor } from '../../../text/text.ts';
import { CorrectMapping } from './correct-mapping.tsx';
import { ChooseFile } from './choose-file.tsx';
import { fileAtHand, keepFile, type FileAtHand } from './files-at-hand.ts';

interface Upload {
  share: number;
  error?: unknown;
}

/** One import: its upload, what is settled, what was rejected, and the way on after a break. */
export default function ImportRunPage() {
  const { importId = '' } = useParams();
  const { text } = useReader();
  const words = text.imports.run;
  const [upload, send] = useUpload(importId);
  const sending = upload !== undefined && upload.error === undefined;
  const run = useRead(
    importsApi.readImport,
    { params: { importId } },
    { refetchIntervalMs: sending ? LIVE_MS / 2 : LIVE_MS * 2 },
  );
  const state = run.data?.state;
  const file = fileAtHand(importId);
  const begun = useRef(false);
  const onSend = (each: FileAtHand) => {
    begun.current = true;
    void send(each);
  };
  useEffect(() => {
    // A file that comes from the wizard is sent at once; after a reload a person chooses it again.
    if (!begun.current && file && state === 'waiting') {
      begun.current = true;
      void send(file);
    }
  }, [file, state, send]);
  return (
    <Page
      title={run.data?.files[0]?.file ?? words.title}
      back={{ to: '/data/runs', label: text.data.runs.title }}
      heading={
        <span className="row">
          {run.data?.files[0]?.file ?? words.title}
          {run.data && (
            <span style={{ fontSize: 14, fontWeight: 400 }}>
              <StateMark tone={run.data.state === 'finished' ? 'good' : toneOf(run.data.state)}>
                {text.data.runs.states[run.data.state]}
              </StateMark>
            </span>
          )}
        </span>
      }
    >
      <Answer query={run} rows={6}>
        {(data) => (
          <>
            {data.state !== 'finished' && (
              <Unfinished run={data} upload={upload} file={file} onSend={onSend} />
            )}
            {data.state === 'finished' && <Finished run={data} />}
            <Numbers run={data} />
          </>
        )}
      </Answer>
    </Page>
  );
}

/** Sends a file and says how far it is; while it runs, leaving the page asks first. */
function useUpload(importId: string): [Upload | undefined, (atHand: FileAtHand) => Promise<void>] {
  const client = useQueryClient();
  const [upload, setUpload] = useState<Upload>();
  const sending = upload !== undefined && upload.error === undefined;
  const send = useCallback(
    async ({ file, uploadId }: FileAtHand) => {
      keepFile(importId, { file, uploadId });
      setUpload({ share: 0 });
      const options = {
        contentType: 'application/octet-stream',
        onSent: (share: number) => setUpload({ share }),
      };
      try {
        await sendFile(importId, file, { ...options, uploadId }).catch((error: unknown) => {
          // Kept for a while only, and by one process: then the file itself is sent.
          if (uploadId && error instanceof ProblemError && error.code === 'import_upload_not_found')
            return sendFile(importId, file, options);
          throw error;
        });
        forgetUpload(file);
        setUpload(undefined);
      } catch (error) {
        setUpload({ share: 0, error });
      }
      await client.invalidateQueries({ queryKey: [importsApi.readImport.name] });
      await client.invalidateQueries({ queryKey: [importsApi.listImports.name] });
    },
    [client, importId],
  );
  useEffect(() => {
    if (!sending) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [sending]);
  return [upload, send];
}

interface UnfinishedProps {
  run: Import;
  upload: Upload | undefined;
  file: FileAtHand | undefined;
  onSend: (file: FileAtHand) => void;
}

function Unfinished({ run, upload, file, onSend }: UnfinishedProps) {
  const { text, format } = useReader();
  const words = text.imports.run;
  const [wrong, setWrong] = useState(false);
  const name = run.files[0]?.file ?? '';
  const error = upload?.error;
  if (upload && error === undefined) {
    const sent = upload.share >= 1;
    return (
      <Panel title={sent ? words.loading : words.sending}>
        <Progress
          percent={Math.round(upload.share * 100)}
          status="active"
          aria-label={words.sending}
          strokeColor="var(--accent)"
        />
        <p className="faint">{sent ? words.leave : words.sent(format.percent(upload.share, 0))}</p>
      </Panel>
    );
  }
  const choose = (chosen: File) => {
    setWrong(chosen.name !== name);
    if (chosen.name === name) onSend({ file: chosen });
  };
  const failed = error !== undefined || run.state === 'failed';
  return (
    <Panel title={failed ? words.failed : words.waiting}>
      <div className="stack">
        <FormProblem error={error} />
        {error === undefined && run.error && <ProblemLine>{run.error}</ProblemLine>}
        <p className="soft">{failed ? words.failedHint : words.waitingHint}</p>
        {file ? (
          <div className="row">
            <Button type="primary" onClick={() => onSend(file)}>
              {words.resume}
            </Button>
          </div>
        ) : (
          <ChooseFile onFile={choose} />
        )}
        {wrong && <ProblemLine>{words.wrongFile(name)}</ProblemLine>}
      </div>
    </Panel>
  );
}

function Finished({ run }: { run: Import }) {
  const { text, format } = useReader();
  const words = text.imports.run;
  const navigate = useNavigate();
  const entities = (run.records['entity'] ?? 0) > 0;
  return (
    <Panel title={words.finished}>
      <div className="stack">
        <p>
          {run.rejectedRows > 0
            ? words.finishedRejected(format.integer(run.rejectedRows))
            : words.finishedClean}
        </p>
        {run.warnings.map(({ file, code, columns }) => (
          <ProblemLine key={`${file} ${code}`}>{words.warnings[code](columns.join(words.and))}</ProblemLine>
        ))}
        <div className="row">
          {run.waitingRows > 0 && (
            <Button type="primary" onClick={() => void navigate(`/data/rejected?importId=${run.importId}`)}>
              {text.data.rejected.row.openAll}
            </Button>
          )}
          {run.waitingRows > 0 && <CorrectMapping importId={run.importId} />}
          {run.waitingRows > 0 && (
            <Button href={`/api/v1/imports/${run.importId}/errors`} download>
              {words.download}
            </Button>
          )}
          <Link to={entities ? '/entities' : '/people'}>
            {entities ? words.seeEntities : words.seePeople}
          </Link>
          <Link to={`/data/sources/${run.sourceId}`}>{words.seeSource}</Link>
          <Link to="/data/import">{words.another}</Link>
        </div>
      </div>
    </Panel>
  );
}

/** Counted beside the kinds of records that were stored. */
const BLOCKED_KEYS = 'blocked key';

function Numbers({ run }: { run: Import }) {
  const { text, format } = useReader();
  const words = text.imports.run;
  const { [BLOCKED_KEYS]: blockedKeys = 0, ...records } = run.records;
  const stored = Object.entries(records).filter(([, count]) => count > 0);
  const took = run.finishedAt ? Date.parse(run.finishedAt) - Date.parse(run.startedAt) : undefined;
  return (
    <Panel>
      <StatRow>
        <Stat label={words.rows} value={format.integer(run.rows)} />
        <Stat
          label={words.rejectedRows}
          value={format.integer(run.rejectedRows)}
          tone={run.rejectedRows > 0 ? 'bad' : undefined}
        />
        <Stat
          label={words.stored}
          value={
            <span className="row">
              {stored.map(([kind, count]) => (
                <Chip key={kind} tone="good">
                  {wordFor(text.data.runs.kinds, kind)} {format.integer(count)}
                </Chip>
              ))}
              {stored.length === 0 && '0'}
            </span>
          }
        />
        {blockedKeys > 0 && (
          <Stat
            label={words.blockedKeys}
            definition={words.blockedKeysHint}
            value={format.integer(blockedKeys)}
            tone="bad"
          />
        )}
        {run.rejectedRows > 0 && (
          <Stat
            label={text.data.rejected.row.waiting}
            value={format.integer(run.waitingRows)}
            tone={run.waitingRows > 0 ? 'bad' : undefined}
          />
        )}
        {run.replayedRows > 0 && <Stat label={words.replayedRows} value={format.integer(run.replayedRows)} />}
        {took !== undefined && <Stat label={words.took} value={format.duration(took)} />}
      </StatRow>
      {run.state !== 'finished' && run.rejectedRows > 0 && (
        <Button size="small" href={`/api/v1/imports/${run.importId}/errors`} download>
          {words.downloadNow}
        </Button>
      )}
    </Panel>
  );
}
