import { useCallback, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { insightApi, type ShownDashboard } from '@wutong/contract';
import { useParams } from 'react-router-dom';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSession } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { Page } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { DrillProvider } from '../drill/drill.tsx';
import { useInsightNames } from '../question/use-insight-names.ts';
import { AddTile, BoardActions, EditActions, PeriodChoice } from './board-actions.tsx';
import { BoardGrid } from './board-grid.tsx';
import { inOrder, packTiles } from './pack-tiles.ts';
import { usePresenting } from './use-presenting.ts';
import styles from './board.module.css';

/** How often a board in a meeting asks anew, in ms. */
const PRESENTING_MS = 5 * 60_000;

/** One dashboard: saved questions with their answers, for the desk and for the meeting. */
export default function BoardPage() {
  const { dashboardId = '' } = useParams();
  const { text } = useReader();
  const board = useRead(insightApi.readDashboard, { params: { dashboardId } });
  if (board.data) return <BoardView key={board.data.revision} board={board.data} />;
  return (
    <Page title={text.boards.board} back={{ to: '/insight/dashboards', label: text.boards.list }}>
      <Answer query={board} rows={10}>
        {() => null}
      </Answer>
    </Page>
  );
}

function BoardView({ board }: { board: ShownDashboard }) {
  const { text, format } = useReader();
  const words = text.boards;
  const { user } = useSession();
  const userName = useUserNames();
  const { settled: _settled, ...names } = useInsightNames();
  const [period, setPeriod] = useUrlState('period');
  const [editing, setEditing] = useState(false);
  const [draft, setDraft] = useState(board);
  const { presenting, present } = usePresenting();
  const refresh = useRefresh();
  const mine = board.owner === user.name;
  const shown = editing ? draft : board;
  const grid =
    shown.tiles.length === 0 ? (
      <EmptyState title={words.empty} hint={words.emptyHint} action={mine && <AddTile board={board} />} />
    ) : (
      <BoardGrid
        tiles={packTiles(inOrder(shown.tiles))}
        boardId={board.dashboardId}
        names={names}
        lastDays={period === '' ? undefined : Number(period)}
        editing={editing}
        refetchIntervalMs={presenting ? PRESENTING_MS : undefined}
        onChange={(tiles) => setDraft({ ...draft, tiles })}
      />
    );
  return (
    <DrillProvider>
      <Page
        wide
        title={board.name}
        back={{ to: '/insight/dashboards', label: words.list }}
        heading={
          <span className="row">
            {board.name}
            <Chip tone={board.shared ? 'busy' : 'quiet'}>{board.shared ? words.shared : words.private}</Chip>
          </span>
        }
        lead={
          <>
            {board.description && `${board.description} · `}
            {mine ? words.mine : words.ownedBy(userName(board.owner))} ·{' '}
            {text.state.updatedAt(format.dateTime(board.updatedAt))}
          </>
        }
        actions={
          editing ? (
            <EditActions board={board} draft={draft} onChange={setDraft} onDone={() => setEditing(false)} />
          ) : (
            <BoardActions
              board={board}
              mine={mine}
              period={period}
              onPeriod={setPeriod}
              onRefresh={refresh}
              onPresent={present}
              onEdit={() => {
                setDraft(board);
                setEditing(true);
              }}
            />
          )
        }
      >
        {presenting ? (
          <div className={styles.stage} role="region" aria-label={board.name}>
            <header>
              <h2>{board.name}</h2>
              <PeriodChoice value={period} onChange={setPeriod} />
            </header>
            {grid}
          </div>
        ) : (
          grid
        )}
      </Page>
    </DrillProvider>
  );
}

/** Asks all questions of the board anew. */
function useRefresh(): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    void client.invalidateQueries({
      predicate: ({ queryKey: [name] }) =>
        typeof name === 'string' && (name.startsWith('analyse') || name === insightApi.runReport.name),
    });
  }, [client]);
}
