import { useState } from 'react';
import { App, Button, Dropdown } from 'antd';
import { DeleteOutlined, MoreOutlined, SaveOutlined } from '@ant-design/icons';
import { insightApi, type SavedReport } from '@wutong/contract';
import { useNavigate } from 'react-router-dom';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { sentenceOf } from '../../../parts/states.tsx';
import type { QuestionOf } from '../question/question.ts';
import type { InsightNames } from '../question/use-insight-names.ts';
import { SaveReportDialog } from './save-report-dialog.tsx';

interface SavedReportActionsProps {
  saved: SavedReport | undefined;
  mine: boolean;
  /** It differs from what is saved, or nothing is. */
  changed: boolean;
  question: QuestionOf<'report'>;
  names: InsightNames;
}

/** Keeps a report under a name, keeps its changes, or deletes it. */
export function SavedReportActions({ saved, mine, changed, question, names }: SavedReportActionsProps) {
  const { text } = useReader();
  const words = text.reports;
  const navigate = useNavigate();
  const { modal, message } = App.useApp();
  const [saving, setSaving] = useState<'new' | 'same'>();
  const remove = useWrite(insightApi.deleteReport, [insightApi.listReports]);
  const askToRemove = () => {
    if (!saved) return;
    void modal.confirm({
      title: words.remove,
      content: words.removeQuestion(saved.name),
      okText: words.remove,
      okButtonProps: { danger: true },
      cancelText: text.state.cancel,
      onOk: async () => {
        try {
          await remove.mutateAsync({ params: { reportId: saved.reportId } });
          void navigate('/insight/reports');
        } catch (error) {
          void message.error(sentenceOf(error, text));
        }
      },
    });
  };
  return (
    <>
      <Button
        type={changed ? 'primary' : 'default'}
        icon={<SaveOutlined />}
        onClick={() => setSaving(saved && mine ? 'same' : 'new')}
      >
        {saved && !mine ? words.saveAs : words.save}
      </Button>
      {saved && mine && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'copy', icon: <SaveOutlined />, label: words.saveAs },
              { key: 'remove', icon: <DeleteOutlined />, danger: true, label: words.remove },
            ],
            onClick: ({ key }) => (key === 'copy' ? setSaving('new') : askToRemove()),
          }}
        >
          <Button icon={<MoreOutlined />} aria-label={text.boards.more} />
        </Dropdown>
      )}
      {saving && (
        <SaveReportDialog
          saved={saving === 'same' ? saved : undefined}
          question={question}
          names={names}
          onClose={() => setSaving(undefined)}
        />
      )}
    </>
  );
}
