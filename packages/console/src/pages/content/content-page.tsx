import { App, Button, Select, Tooltip } from 'antd';
import { useParams } from 'react-router-dom';
import { contentApi } from '@wutong/contract';
import type { ContentVersion } from '../../api/vocabulary.ts';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay, useSession } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Facts } from '../../parts/facts.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Chip, StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { ChannelPreview } from './channel-preview.tsx';
import { wideList } from '../../parts/wide-list.ts';
import styles from './content.module.css';

/** A content item: each channel's text as the person sees it, versions, approval. */
export default function ContentPage() {
  const { contentId = '' } = useParams();
  const { text } = useReader();
  const words = text.contents;
  const content = useRead(contentApi.readContent, { params: { contentId } });
  const [chosen, setChosen] = useUrlState('version');
  const versions = content.data?.versions ?? [];
  const version = versions.find((each) => String(each.version) === chosen) ?? versions[0];
  return (
    <Page
      title={content.data?.name ?? words.title}
      back={{ to: '/content', label: words.title }}
      actions={
        version && (
          <>
            <Select
              aria-label={words.version}
              value={String(version.version)}
              onChange={setChosen}
              {...wideList}
              options={versions.map((each) => ({
                value: String(each.version),
                label: `${text.strategy.versionNumber(String(each.version))} · ${words.state[each.state]}`,
              }))}
            />
            <ApproveButton version={version} />
          </>
        )
      }
    >
      <Answer query={content} rows={8}>
        {() => (version ? <VersionView version={version} /> : <EmptyState title={words.none} />)}
      </Answer>
    </Page>
  );
}

function VersionView({ version }: { version: ContentVersion }) {
  const { text, language } = useReader();
  const words = text.contents;
  const userName = useUserNames();
  const preview = useRead(contentApi.previewContent, {
    body: { contentId: version.contentId, version: version.version },
  });
  return (
    <div className={styles.columns}>
      <Panel title={words.preview} definition={words.previewHint}>
        <div className={styles.previews}>
          {Object.entries(version.variants).map(([channel, fields]) => (
            <section key={channel}>
              <Chip tone="busy">{wordFor(text.words.channel, channel)}</Chip>
              <ChannelPreview
                channel={channel}
                fields={fields as Record<string, string>}
                rendered={preview.data?.previews.find((each) => each.channel === channel)}
              />
            </section>
          ))}
        </div>
      </Panel>
      <Panel title={text.state.details}>
        <Facts
          facts={[
            [
              words.version,
              <StateMark key="state" tone={toneOf(version.state)}>
                {text.strategy.versionNumber(String(version.version))} · {words.state[version.state]}
              </StateMark>,
            ],
            [text.messages.purpose, wordFor(text.words.purpose, version.purpose)],
            [words.createdBy, userName(version.createdBy)],
            [words.created, <TimeText key="created" at={version.createdAt} form="full" />],
            version.approvedBy && [words.approvedBy, userName(version.approvedBy)],
            version.approvedAt && ['', <TimeText key="approved" at={version.approvedAt} form="full" />],
            [
              words.hash,
              <code key="hash" className="mono" title={version.hash}>
                {version.hash.slice(0, 12)}
              </code>,
            ],
          ]}
        />
        {version.problems.length > 0 && (
          <ul className={styles.problems}>
            {version.problems.map((problem) => (
              <li key={`${problem.path} ${problem.code}`}>
                <StateMark tone={problem.severity === 'error' ? 'bad' : 'warn'}>
                  <span style={{ whiteSpace: 'normal' }}>{problem[language]}</span>
                </StateMark>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}

function ApproveButton({ version }: { version: ContentVersion }) {
  const { text } = useReader();
  const words = text.contents;
  const may = useMay(contentApi.approveContent);
  const { user, bank } = useSession();
  const { modal, message } = App.useApp();
  const approve = useWrite(contentApi.approveContent, [contentApi.readContent, contentApi.listContent]);
  if (!may || version.state !== 'draft') return null;
  const { contentId, hash } = version;
  const own = version.createdBy === user.name && !bank.approvesOwn;
  return (
    <Tooltip title={own ? words.ownContent : undefined}>
      <Button
        type="primary"
        disabled={own}
        loading={approve.isPending}
        onClick={() =>
          void modal.confirm({
            title: words.approve,
            content: words.approveQuestion(String(version.version)),
            okText: words.approve,
            onOk: () =>
              approve.mutate(
                { params: { contentId, version: version.version }, body: { hash } },
                { onError: (error) => void message.error(error.message) },
              ),
          })
        }
      >
        {words.approve}
      </Button>
    </Tooltip>
  );
}
