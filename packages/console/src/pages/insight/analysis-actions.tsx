import { useState } from 'react';
import { App, Button, Dropdown } from 'antd';
import { DownloadOutlined, LinkOutlined, PushpinOutlined } from '@ant-design/icons';
import { insightApi } from '@wutong/contract';
import { useLocation } from 'react-router-dom';
import { download } from '../../api/download.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { sentenceOf } from '../../parts/states.tsx';
import { SaveTileDialog } from './boards/save-tile-dialog.tsx';
import { addressOf, isAnalysis, type Question } from './question/question.ts';
import { useQuestionTitle } from './question/use-question-title.ts';
import { withTitles } from './question/with-titles.ts';
import type { InsightNames } from './question/use-insight-names.ts';

const fileKinds = ['xlsx', 'csv'] as const;
type FileKind = (typeof fileKinds)[number];

interface AnalysisActionsProps {
  question: Question;
  names: InsightNames;
  /** Something else is the page's first action. */
  secondary?: boolean;
}

/** What can be done with a question besides asking it: share, export, keep on a dashboard. */
export function AnalysisActions({ question, names, secondary }: AnalysisActionsProps) {
  const { text } = useReader();
  const words = text.insight;
  const { message } = App.useApp();
  const { pathname } = useLocation();
  const titleOf = useQuestionTitle(names);
  const mayExport = useMay(insightApi.exportAnalysis);
  const [busy, setBusy] = useState(false);
  const [saving, setSaving] = useState(false);
  const analysis = isAnalysis(question) ? question : undefined;
  const share = async () => {
    await navigator.clipboard.writeText(new URL(addressOf(question), window.location.href).href);
    void message.success(words.linkCopied);
  };
  const exportFile = async (format: FileKind) => {
    if (!analysis) return;
    setBusy(true);
    try {
      const body = { analysis: withTitles(analysis, names), format };
      await download(insightApi.exportAnalysis, body, `${words.kinds[analysis.kind]}.${format}`);
      void message.success(words.exported);
    } catch (error) {
      void message.error(sentenceOf(error, text));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        icon={<LinkOutlined />}
        onClick={() => void share().catch(() => message.error(words.noClipboard))}
      >
        {words.share}
      </Button>
      {analysis && mayExport && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: fileKinds.map((kind) => ({ key: kind, label: words.fileKinds[kind] })),
            onClick: ({ key }) => void exportFile(key === 'csv' ? 'csv' : 'xlsx'),
          }}
        >
          <Button icon={<DownloadOutlined />} loading={busy}>
            {words.exportAs}
          </Button>
        </Dropdown>
      )}
      {analysis && (
        <Button
          type={secondary ? 'default' : 'primary'}
          icon={<PushpinOutlined />}
          onClick={() => setSaving(true)}
        >
          {words.keep}
        </Button>
      )}
      {analysis && saving && (
        <SaveTileDialog
          key={pathname}
          analysis={withTitles(analysis, names)}
          proposed={titleOf(analysis).slice(0, 200)}
          onClose={() => setSaving(false)}
        />
      )}
    </>
  );
}
