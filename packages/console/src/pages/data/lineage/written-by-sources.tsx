import { Link } from 'react-router-dom';
import { ingestionTasksApi, type Catalogue } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import type { Language } from '../../../text/language.ts';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Freshness } from '../ingestion/task-list-page.tsx';
import { useSourceNames } from '../../people/use-source-names.ts';

type Task = ingestionTasksApi.Task;

/** Which tasks bring which data, and how fresh it is: the beginning of every line of the picture. */
export function WrittenBySources() {
  const { text, language } = useReader();
  const words = text.warehouse.lineage;
  const catalogue = useCatalogue();
  const sourceName = useSourceNames();
  const tasks = useRead(ingestionTasksApi.listTasks, undefined, {
    enabled: useMay(ingestionTasksApi.listTasks),
  });
  const rows = tasks.data?.items ?? [];
  if (rows.length === 0) return null;
  const columns: Column<Task>[] = [
    {
      key: 'task',
      title: text.warehouse.tasks.name,
      phone: 'title',
      render: ({ taskId, name }) => <Link to={`/data/ingestion/${taskId}`}>{name}</Link>,
    },
    { key: 'source', title: text.warehouse.tasks.source, render: ({ sourceId }) => sourceName(sourceId) },
    {
      key: 'writes',
      title: words.writes,
      render: ({ mapping }) => (
        <span className="row">
          {mapping.records.flatMap((record) =>
            writtenBy(record, catalogue, language).map((name) => <Chip key={name}>{name}</Chip>),
          )}
        </span>
      ),
    },
    { key: 'fresh', title: text.warehouse.tasks.freshness, render: (task) => <Freshness {...task} /> },
  ];
  return (
    <Panel flush title={words.sources}>
      <RecordTable label={words.sources} columns={columns} rows={rows} rowKey={({ taskId }) => taskId} />
    </Panel>
  );
}

/** What a record of a mapping fills, by the titles of the model. */
function writtenBy(
  record: Task['mapping']['records'][number],
  catalogue: Catalogue | undefined,
  language: Language,
): string[] {
  const titled = (
    list: readonly { name: string; title: Record<Language, string> }[] | undefined,
    name: string,
  ) => list?.find((each) => each.name === name)?.title[language] ?? name;
  switch (record.record) {
    case 'person':
      return Object.keys(record.attributes).map((name) => titled(catalogue?.attributes, name));
    case 'detail':
      return [titled(catalogue?.detailTypes, record.type)];
    case 'entity':
      return [titled(catalogue?.entityTypes, record.type)];
    case 'relation':
      return [titled(catalogue?.relationTypes, record.type)];
    case 'event':
      return typeof record.event === 'object' && 'constant' in record.event
        ? [String(record.event.constant)]
        : [];
    case 'consent':
      return [];
  }
}
