import { useState } from 'react';
import { App, Checkbox, Form, InputNumber, Segmented } from 'antd';
import { insightApi, platformApi, type ShownDashboard } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import { inputOfBoard } from './pack-tiles.ts';

type Visibility = 'private' | 'everybody' | 'roles';
const visibilities: readonly Visibility[] = ['private', 'everybody', 'roles'];

interface ShareDialogProps {
  board: ShownDashboard;
  onClose: () => void;
}

/** Who sees a board, and how often its answers are computed ahead. */
export function ShareDialog({ board, onClose }: ShareDialogProps) {
  const { text } = useReader();
  const words = text.boards;
  const { message } = App.useApp();
  const save = useWrite(insightApi.saveDashboard, [insightApi.listDashboards, insightApi.readDashboard]);
  const [visibility, setVisibility] = useState<Visibility>(
    !board.shared ? 'private' : board.sharedWith.length > 0 ? 'roles' : 'everybody',
  );
  const [sharedWith, setSharedWith] = useState(board.sharedWith);
  const [refreshMinutes, setRefreshMinutes] = useState(board.refreshMinutes ?? null);
  const submit = async () => {
    await save.mutateAsync({
      params: { dashboardId: board.dashboardId },
      body: {
        ...inputOfBoard(board),
        revision: board.revision,
        shared: visibility !== 'private',
        sharedWith: visibility === 'roles' ? sharedWith : [],
        refreshMinutes: refreshMinutes ?? undefined,
      },
    });
    void message.success(words.shareSaved[visibility]);
    onClose();
  };
  const isReady = visibility !== 'roles' || sharedWith.length > 0;
  return (
    <FormDialog
      title={words.share}
      okText={text.state.save}
      isReady={isReady}
      busy={save.isPending}
      error={save.error}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item label={words.visibility}>
        <Segmented
          aria-label={words.visibility}
          value={visibility}
          options={visibilities.map((each) => ({ value: each, label: words.visibilities[each] }))}
          onChange={setVisibility}
        />
      </Form.Item>
      {visibility === 'roles' && (
        <Form.Item>
          <Checkbox.Group
            aria-label={words.visibilities.roles}
            value={sharedWith}
            options={platformApi.roles.map((role) => ({ value: role, label: text.frame.roles[role] }))}
            onChange={setSharedWith}
          />
        </Form.Item>
      )}
      <Form.Item label={words.ahead} tooltip={words.aheadHint}>
        <InputNumber
          aria-label={words.ahead}
          style={{ width: 180 }}
          min={1}
          max={1_440}
          placeholder={words.notAhead}
          suffix={text.minutesUnit}
          value={refreshMinutes}
          onChange={setRefreshMinutes}
        />
      </Form.Item>
    </FormDialog>
  );
}
