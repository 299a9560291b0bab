import { useState } from 'react';
import { App, Button } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { identityApi, ingestionTasksApi, type connectionsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { MappingEditor } from '../mapping/mapping-editor.tsx';
import type { RecordPlan } from '../mapping/record-plan.ts';
import { emptyPlan, guessKind, suggestColumns } from '../mapping/suggest-plan.ts';
import { LoadPanel } from './load-panel.tsx';
import { QueryPanel } from './query-panel.tsx';
import { definitionOf, draftOf, isComplete, newDraft, sampledColumns, type TaskDraft } from './task-draft.ts';
import { TaskNamePanel } from './task-name-panel.tsx';

type Task = ingestionTasksApi.Task;

/** Writes an ingestion task: what it reads, how much of it, what its columns mean, and when. */
export default function TaskEditorPage() {
  const { taskId } = useParams();
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const task = useRead(
    ingestionTasksApi.readTask,
    { params: { taskId: taskId ?? '' } },
    { enabled: taskId !== undefined },
  );
  return (
    <Page
      title={taskId === undefined ? words.create : (task.data?.name ?? taskId)}
      back={{
        to: taskId === undefined ? '/data/ingestion' : `/data/ingestion/${taskId}`,
        label: task.data?.name ?? words.title,
      }}
    >
      {taskId === undefined ? (
        <Editor task={undefined} />
      ) : (
        <Answer query={task}>{(data) => <Editor key={data.taskId} task={data} />}</Answer>
      )}
    </Page>
  );
}

function Editor({ task }: { task: Task | undefined }) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const catalogue = useCatalogue();
  const types = useRead(identityApi.listKeyTypes);
  const [draft, setDraft] = useState<TaskDraft>(() => (task ? draftOf(task) : newDraft));
  const [preview, setPreview] = useState<connectionsApi.Preview>();
  const [plan, setPlan] = useState<RecordPlan>();
  const [anew, setAnew] = useState(task === undefined);
  const columns = preview ? sampledColumns(preview) : [];
  const suggest = (seen: connectionsApi.Preview) => {
    const sampled = sampledColumns(seen);
    const known = { keyTypes: (types.data?.items ?? []).map(({ type }) => type), catalogue };
    return suggestColumns(emptyPlan(guessKind(sampled, known), sampled), sampled, known);
  };
  const onPreview = (seen: connectionsApi.Preview) => {
    setPreview(seen);
    const names = seen.columns.map(({ name }) => name).join('\n');
    // The same columns keep what was said about them.
    if (!plan || plan.columns.map(({ column }) => column).join('\n') !== names) setPlan(suggest(seen));
  };
  return (
    <>
      <QueryPanel draft={draft} preview={preview} onChange={setDraft} onPreview={onPreview} />
      <LoadPanel draft={draft} columns={preview?.columns.map(({ name }) => name) ?? []} onChange={setDraft} />
      {!anew ? (
        <Panel title={words.mapping}>
          <div className="row">
            <span className="soft">{words.mappingKept}</span>
            <Button size="small" onClick={() => setAnew(true)}>
              {words.mappingAgain}
            </Button>
          </div>
        </Panel>
      ) : plan && preview ? (
        <MappingEditor plan={plan} columns={columns} catalogue={catalogue} onChange={setPlan} />
      ) : (
        <Panel title={words.mapping}>
          <EmptyState small title={words.previewFirst} />
        </Panel>
      )}
      <TaskNamePanel draft={draft} isNew={task === undefined} onChange={setDraft} />
      <SaveLine task={task} draft={draft} plan={anew ? plan : undefined} keeps={!anew} />
    </>
  );
}

interface SaveLineProps {
  task: Task | undefined;
  draft: TaskDraft;
  plan: RecordPlan | undefined;
  /** The stored mapping stays. */
  keeps: boolean;
}

function SaveLine({ task, draft, plan, keeps }: SaveLineProps) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refreshes = [ingestionTasksApi.listTasks, ingestionTasksApi.readTask];
  const create = useWrite(ingestionTasksApi.createTask, refreshes);
  const update = useWrite(ingestionTasksApi.updateTask, refreshes);
  const start = useWrite(ingestionTasksApi.startTask, refreshes);
  const ready = isComplete(draft, plan, keeps);
  const save = async (andStart: boolean) => {
    const { taskId } = draft;
    const definition = definitionOf(draft, plan, task?.mapping);
    if (task) await update.mutateAsync({ params: { taskId }, body: definition });
    else await create.mutateAsync({ body: { taskId, ...definition } });
    if (andStart) await start.mutateAsync({ params: { taskId } });
    void message.success(words.saved);
    await navigate(`/data/ingestion/${taskId}`);
  };
  const error = create.error ?? update.error ?? start.error;
  const because = error?.problem.details?.['reason'];
  const busy = create.isPending || update.isPending || start.isPending;
  return (
    <>
      <FormProblem error={error} because={because} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {!ready && <span className="faint">{words.incomplete}</span>}
        <Button disabled={!ready} loading={busy} onClick={() => void save(false).catch(() => undefined)}>
          {words.save}
        </Button>
        <Button
          type="primary"
          disabled={!ready}
          loading={busy}
          onClick={() => void save(true).catch(() => undefined)}
        >
          {words.saveAndStart}
        </Button>
      </div>
    </>
  );
}
