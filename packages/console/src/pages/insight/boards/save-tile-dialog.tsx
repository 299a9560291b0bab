import { useState } from 'react';
import { App, Checkbox, Form, Select } from 'antd';
import { insightApi, type Analysis, type ShownDashboard } from '@wutong/contract';
import { useSearchParams } from 'react-router-dom';
import { call } from '../../../api/call.ts';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSession } from '../../../frame/session.tsx';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import { TextField } from '../../../parts/text-field.tsx';
import { defaultSize, inOrder, inputOfBoard, newTileId, packTiles, type SavedTile } from './pack-tiles.ts';

const NEW = 'new';

interface SaveTileDialogProps {
  analysis: Analysis;
  /** What the chart is called unless its keeper says otherwise. */
  proposed: string;
  onClose: () => void;
}

/** Keeps a question on one of the reader's own dashboards, or on a new one. */
export function SaveTileDialog({ analysis, proposed, onClose }: SaveTileDialogProps) {
  const { text } = useReader();
  const words = text.boards;
  const { message } = App.useApp();
  const { user } = useSession();
  const [search] = useSearchParams();
  const boards = useRead(insightApi.listDashboards);
  const own = (boards.data?.items ?? []).filter(({ owner }) => owner === user.name);
  // Whoever came from a dashboard goes back to it with the new tile.
  const [chosen, setChosen] = useState(search.get('board') ?? undefined);
  // Nothing is chosen before it is known what there is: a choice would change under the hand.
  const boardId = chosen ?? own[0]?.dashboardId ?? (boards.data ? NEW : undefined);
  const [name, setName] = useState('');
  const [title, setTitle] = useState(proposed);
  const [replacing, setReplacing] = useState(true);
  const keep = useKeepTile();
  const tileId = boardId === search.get('board') ? (search.get('tile') ?? undefined) : undefined;
  const submit = async () => {
    if (boardId === undefined) return;
    const where = boardId === NEW ? { name } : { boardId, replaced: replacing ? tileId : undefined };
    const board = await keep.perform(where, title.trim(), analysis);
    void message.success(words.kept(board.name));
    onClose();
  };
  const isReady = title.trim() !== '' && boardId !== undefined && (boardId !== NEW || name.trim() !== '');
  return (
    <FormDialog
      title={text.insight.keep}
      okText={words.keepIt}
      isReady={isReady}
      busy={keep.busy}
      error={keep.error ?? boards.error ?? undefined}
      onSend={submit}
      onClose={onClose}
    >
      <TextField label={words.tileTitle} maxLength={200} value={title} onChange={setTitle} />
      <Form.Item label={words.board}>
        <Select
          aria-label={words.board}
          value={boardId}
          loading={boards.isFetching && !boards.data}
          disabled={!boards.data}
          options={[
            ...own.map((board) => ({ value: board.dashboardId, label: board.name })),
            { value: NEW, label: words.newBoard },
          ]}
          onChange={setChosen}
        />
      </Form.Item>
      {boardId === NEW && (
        <TextField
          autoFocus
          label={words.name}
          maxLength={200}
          placeholder={words.namePlaceholder}
          value={name}
          onChange={setName}
        />
      )}
      {tileId !== undefined && (
        <Checkbox checked={replacing} onChange={(event) => setReplacing(event.target.checked)}>
          {words.replaceTile}
        </Checkbox>
      )}
    </FormDialog>
  );
}

/** The tile in the place of another, or below them all. */
function withTile(tiles: readonly SavedTile[], tile: SavedTile, replaced: string | undefined): SavedTile[] {
  const former = tiles.find(({ tileId }) => tileId === replaced);
  if (!former) return packTiles([...inOrder(tiles), tile]);
  const { tileId, place } = former;
  return tiles.map((each) => (each === former ? { ...tile, tileId, place } : each));
}

/** Adds the tile below those that are there, in the newest revision of the dashboard. */
function useKeepTile() {
  const refreshes = [insightApi.listDashboards, insightApi.readDashboard];
  const create = useWrite(insightApi.createDashboard, refreshes);
  const save = useWrite(insightApi.saveDashboard, refreshes);
  const [readError, setReadError] = useState<unknown>();
  const perform = async (
    where: { boardId: string; replaced: string | undefined } | { name: string },
    title: string,
    analysis: Analysis,
  ): Promise<ShownDashboard> => {
    const tile = {
      tileId: newTileId(),
      title,
      analysis,
      place: { column: 0, row: 0, ...defaultSize(analysis.kind) },
    };
    if ('name' in where) {
      return create.mutateAsync({ body: { name: where.name.trim(), tiles: packTiles([tile]) } });
    }
    try {
      const params = { dashboardId: where.boardId };
      const board = await call(insightApi.readDashboard, { params });
      const input = inputOfBoard(board);
      return await save.mutateAsync({
        params,
        body: {
          ...input,
          revision: board.revision,
          tiles: withTile(input.tiles, tile, where.replaced),
        },
      });
    } catch (error) {
      setReadError(error);
      throw error;
    }
  };
  return {
    perform,
    busy: create.isPending || save.isPending,
    error: create.error ?? save.error ?? readError ?? undefined,
  };
}
