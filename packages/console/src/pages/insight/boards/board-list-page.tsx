import { useState } from 'react';
import { App, Button } from 'antd';
import { insightApi, type Analysis, type Dashboard } from '@wutong/contract';
import { Link, useNavigate } from 'react-router-dom';
import { CALM_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSession } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import { TextField } from '../../../parts/text-field.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { firstQuestion } from '../question/first-question.ts';
import { isAnalysis } from '../question/question.ts';
import { useQuestionTitle } from '../question/use-question-title.ts';
import { useInsightNames } from '../question/use-insight-names.ts';
import { defaultSize, newTileId, packTiles, type SavedTile } from './pack-tiles.ts';

type Row = Omit<Dashboard, 'tiles'>;

/** Dashboards of the reader's own, and those that others share. */
export default function BoardListPage() {
  const { text } = useReader();
  const words = text.boards;
  const navigate = useNavigate();
  const { user } = useSession();
  const userName = useUserNames();
  const [naming, setNaming] = useState(false);
  const boards = useRead(insightApi.listDashboards, undefined, { refetchIntervalMs: CALM_MS });
  const example = useExampleBoard();
  const create = (
    <Button type="primary" onClick={() => setNaming(true)}>
      {words.new}
    </Button>
  );
  const columns: Column<Row>[] = [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ dashboardId, name, description }) => (
        <>
          <Link to={`/insight/dashboards/${dashboardId}`}>{name}</Link>
          {description && <div className="faint">{description}</div>}
        </>
      ),
    },
    {
      key: 'shared',
      title: words.visibility,
      render: ({ shared }) => (
        <Chip tone={shared ? 'busy' : 'quiet'}>{shared ? words.shared : words.private}</Chip>
      ),
    },
    {
      key: 'owner',
      title: words.owner,
      render: ({ owner }) => (owner === user.name ? words.mine : userName(owner)),
    },
    { key: 'updated', title: words.updated, render: ({ updatedAt }) => <TimeText at={updatedAt} /> },
  ];
  return (
    <Page title={words.list} lead={words.lead} actions={create}>
      <Panel flush>
        <Answer query={boards}>
          {({ items }) => (
            <RecordTable
              label={words.list}
              columns={columns}
              rows={items}
              rowKey={({ dashboardId }) => dashboardId}
              onOpen={({ dashboardId }) => void navigate(`/insight/dashboards/${dashboardId}`)}
              empty={
                <EmptyState
                  title={words.none}
                  hint={words.noneHint}
                  action={
                    <div className="row">
                      {create}
                      <Button loading={example.busy} onClick={example.make}>
                        {words.example}
                      </Button>
                    </div>
                  }
                />
              }
            />
          )}
        </Answer>
      </Panel>
      {naming && <NewBoardDialog onClose={() => setNaming(false)} />}
    </Page>
  );
}

function NewBoardDialog({ onClose }: { onClose: () => void }) {
  const { text } = useReader();
  const words = text.boards;
  const navigate = useNavigate();
  const create = useWrite(insightApi.createDashboard, [insightApi.listDashboards]);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const submit = async () => {
    const made = await create.mutateAsync({ body: { name: name.trim(), description, tiles: [] } });
    void navigate(`/insight/dashboards/${made.dashboardId}`);
  };
  const isReady = name.trim() !== '';
  return (
    <FormDialog
      title={words.new}
      okText={words.create}
      isReady={isReady}
      busy={create.isPending}
      error={create.error}
      onSend={submit}
      onClose={onClose}
    >
      <TextField
        autoFocus
        label={words.name}
        maxLength={200}
        placeholder={words.namePlaceholder}
        value={name}
        onChange={setName}
      />
      <TextField label={words.description} maxLength={2_000} value={description} onChange={setDescription} />
    </FormDialog>
  );
}

/** A dashboard with the first question of some kinds about the bank's own events, to begin from. */
function useExampleBoard() {
  const { text } = useReader();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const { settled, ...names } = useInsightNames();
  const titleOf = useQuestionTitle(names);
  const create = useWrite(insightApi.createDashboard, [insightApi.listDashboards]);
  const make = async () => {
    const kinds = ['trend', 'funnel', 'retention', 'session', 'recency'] as const;
    const analyses = kinds.map((kind) => firstQuestion(kind, names)).filter(isAnalysis);
    const tiles = analyses.map((analysis: Analysis): SavedTile => ({
      tileId: newTileId(),
      title: titleOf(analysis),
      analysis,
      place: { column: 0, row: 0, ...defaultSize(analysis.kind) },
    }));
    const made = await create.mutateAsync({
      body: { name: text.boards.exampleName, tiles: packTiles(tiles) },
    });
    void navigate(`/insight/dashboards/${made.dashboardId}`);
  };
  return {
    busy: create.isPending || !settled,
    make: () => void make().catch((error: unknown) => message.error(sentenceOf(error, text))),
  };
}
