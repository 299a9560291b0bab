import { useState } from 'react';
import { App, Form, Segmented } from 'antd';
import { insightApi, type SavedReport } from '@wutong/contract';
import { useNavigate } from 'react-router-dom';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { bodyOf, type QuestionOf } from '../question/question.ts';
import type { InsightNames } from '../question/use-insight-names.ts';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import { TextField } from '../../../parts/text-field.tsx';
import { useReportNames } from './use-report-names.ts';

interface SaveReportDialogProps {
  /** The report of one's own that is changed; none: a new one. */
  saved: SavedReport | undefined;
  question: QuestionOf<'report'>;
  names: InsightNames;
  onClose: () => void;
}

/** A report's name, and who sees it; its page is then the saved one. */
export function SaveReportDialog({ saved, question, names, onClose }: SaveReportDialogProps) {
  const { text } = useReader();
  const words = text.reports;
  const navigate = useNavigate();
  const { message } = App.useApp();
  const { titleOf } = useReportNames(names);
  const [name, setName] = useState(saved?.name ?? titleOf(question).slice(0, 200));
  const [description, setDescription] = useState(saved?.description ?? '');
  const [shared, setShared] = useState(saved?.shared ?? false);
  const refreshed = [insightApi.listReports, insightApi.readReport];
  const create = useWrite(insightApi.createReport, refreshed);
  const change = useWrite(insightApi.saveReport, refreshed);
  const error = create.error ?? change.error;
  const submit = async () => {
    const body = { name: name.trim(), description, shared, report: bodyOf(question) };
    const kept = saved
      ? await change.mutateAsync({
          params: { reportId: saved.reportId },
          body: { ...body, revision: saved.revision },
        })
      : await create.mutateAsync({ body });
    void message.success(words.savedAs(kept.name));
    onClose();
    // What was in the address is what is saved now.
    void navigate(`/insight/reports/${kept.reportId}`, { replace: true });
  };
  const isReady = name.trim() !== '';
  return (
    <FormDialog
      title={words.saveTitle}
      okText={text.state.save}
      isReady={isReady}
      busy={create.isPending || change.isPending}
      error={error}
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
      <Form.Item label={words.visibility}>
        <Segmented
          aria-label={words.visibility}
          value={shared ? 'everybody' : 'private'}
          options={(['private', 'everybody'] as const).map((each) => ({
            value: each,
            label: words.visibilities[each],
          }))}
          onChange={(next) => setShared(next === 'everybody')}
        />
      </Form.Item>
    </FormDialog>
  );
}
