import { useState } from 'react';
import { App, Button, Dropdown, Select } from 'antd';
import {
  CopyOutlined,
  DeleteOutlined,
  EditOutlined,
  ExpandOutlined,
  MoreOutlined,
  PlusOutlined,
  ReloadOutlined,
  ShareAltOutlined,
} from '@ant-design/icons';
import { insightApi, type ShownDashboard } from '@wutong/contract';
import { useNavigate } from 'react-router-dom';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { sentenceOf } from '../../../parts/states.tsx';
import { inputOfBoard } from './pack-tiles.ts';
import { ShareDialog } from './share-dialog.tsx';
import { questionKinds, slugOf } from '../question/question.ts';
import { wideList } from '../../../parts/wide-list.ts';

const days = [7, 30, 90, 180] as const;

/** One period for all questions of a board; empty leaves each its own. */
export function PeriodChoice({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { text } = useReader();
  return (
    <Select
      aria-label={text.insight.period}
      value={value}
      {...wideList}
      options={[
        { value: '', label: text.boards.ownPeriods },
        ...days.map((each) => ({ value: String(each), label: text.insight.lastDays(each) })),
      ]}
      onChange={onChange}
    />
  );
}

/** Leads to a new question that comes back to this board. */
export function AddTile({ board }: { board: ShownDashboard }) {
  const { text } = useReader();
  const navigate = useNavigate();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: questionKinds
          .filter((kind) => kind !== 'sequence')
          .map((kind) => ({ key: kind, label: text.insight.kinds[kind] })),
        onClick: ({ key }) => {
          const kind = questionKinds.find((each) => each === key);
          if (kind) void navigate(`/insight/analyses/${slugOf(kind)}?board=${board.dashboardId}`);
        },
      }}
    >
      <Button icon={<PlusOutlined />}>{text.boards.addTile}</Button>
    </Dropdown>
  );
}

interface BoardActionsProps {
  board: ShownDashboard;
  mine: boolean;
  period: string;
  onPeriod: (period: string) => void;
  onRefresh: () => void;
  onPresent: () => void;
  onEdit: () => void;
}

/** What can be done with a board that is not being edited. */
export function BoardActions(props: BoardActionsProps) {
  const { board, mine, period, onPeriod, onRefresh, onPresent, onEdit } = props;
  const { text } = useReader();
  const words = text.boards;
  const manage = useManage(board);
  const [sharing, setSharing] = useState(false);
  return (
    <>
      <PeriodChoice value={period} onChange={onPeriod} />
      <Button icon={<ReloadOutlined />} onClick={onRefresh}>
        {text.state.refresh}
      </Button>
      <Button icon={<ExpandOutlined />} onClick={onPresent}>
        {words.present}
      </Button>
      {mine && <AddTile board={board} />}
      {mine && (
        <Button icon={<EditOutlined />} onClick={onEdit}>
          {words.edit}
        </Button>
      )}
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...(mine
              ? [
                  {
                    key: 'share',
                    icon: <ShareAltOutlined />,
                    label: words.share,
                    onClick: () => setSharing(true),
                  },
                ]
              : []),
            { key: 'copy', icon: <CopyOutlined />, label: words.copy, onClick: manage.copy },
            ...(mine
              ? [
                  {
                    key: 'remove',
                    icon: <DeleteOutlined />,
                    danger: true,
                    label: words.removeBoard,
                    onClick: manage.remove,
                  },
                ]
              : []),
          ],
        }}
      >
        <Button icon={<MoreOutlined />} aria-label={words.more} loading={manage.busy} />
      </Dropdown>
      {sharing && <ShareDialog board={board} onClose={() => setSharing(false)} />}
    </>
  );
}

/** Copying and removing a board, each said or asked before. */
function useManage(board: ShownDashboard) {
  const { text } = useReader();
  const words = text.boards;
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const create = useWrite(insightApi.createDashboard, [insightApi.listDashboards]);
  const remove = useWrite(insightApi.deleteDashboard, [insightApi.listDashboards]);
  const { dashboardId, name, description } = board;
  const { tiles } = inputOfBoard(board);
  const params = { dashboardId };
  const failed = (error: unknown) => void message.error(sentenceOf(error, text));
  return {
    busy: create.isPending || remove.isPending,
    copy: () =>
      create.mutate(
        { body: { name: words.copyOf(name).slice(0, 200), description, tiles } },
        { onSuccess: (made) => void navigate(`/insight/dashboards/${made.dashboardId}`), onError: failed },
      ),
    remove: () =>
      void modal.confirm({
        title: words.removeBoard,
        content: words.removeQuestion(name),
        okText: words.removeBoard,
        okButtonProps: { danger: true },
        onOk: () => remove.mutateAsync({ params }).then(() => navigate('/insight/dashboards'), failed),
      }),
  };
}

interface EditActionsProps {
  board: ShownDashboard;
  draft: ShownDashboard;
  onChange: (draft: ShownDashboard) => void;
  onDone: () => void;
}

/** Keeps or drops what was changed. */
export function EditActions({ board, draft, onDone }: EditActionsProps) {
  const { text } = useReader();
  const { message } = App.useApp();
  const save = useWrite(insightApi.saveDashboard, [insightApi.listDashboards, insightApi.readDashboard]);
  const submit = () =>
    save.mutate(
      {
        params: { dashboardId: board.dashboardId },
        body: { ...inputOfBoard(draft), revision: board.revision },
      },
      { onSuccess: onDone, onError: (error) => void message.error(sentenceOf(error, text)) },
    );
  return (
    <>
      <Button onClick={onDone}>{text.state.cancel}</Button>
      <Button type="primary" loading={save.isPending} onClick={submit}>
        {text.state.save}
      </Button>
    </>
  );
}
