import { Typography } from 'antd';
import { Link, useParams } from 'react-router-dom';
import { hubApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useContentNames, useStrategyNames } from '../../frame/use-names.ts';
import { Facts } from '../../parts/facts.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import { useNodeTitles } from '../people/use-node-titles.ts';
import { reachedState } from './message-columns.tsx';
import { MessageStory } from './message-story.tsx';
import styles from './message.module.css';

type Story = ResponseOf<typeof hubApi.readMessage>;

/** The whole story of one message. */
export default function MessagePage() {
  const { messageId = '' } = useParams();
  const { text } = useReader();
  const words = text.messages;
  const story = useRead(hubApi.readMessage, { params: { messageId } }, { refetchIntervalMs: LIVE_MS * 2 });
  const reached = story.data && reachedState(story.data.message);
  return (
    <Page
      title={words.one}
      back={{ to: '/messages', label: words.title }}
      heading={
        <span className="row">
          {story.data ? wordFor(text.words.channel, story.data.message.channel) : words.one}
          {reached && (
            <span style={{ fontSize: 14, fontWeight: 400 }}>
              <StateMark tone={toneOf(reached)}>{wordFor(text.words.messageState, reached)}</StateMark>
            </span>
          )}
        </span>
      }
    >
      <Answer query={story} rows={8}>
        {(data) => (
          <div className={styles.columns}>
            <Panel title={words.story}>
              <MessageStory story={data} />
            </Panel>
            <MessageFacts story={data} />
          </div>
        )}
      </Answer>
    </Page>
  );
}

function MessageFacts({ story: { message } }: { story: Story }) {
  const { text, format } = useReader();
  const words = text.messages;
  const strategyName = useStrategyNames();
  const contentName = useContentNames();
  const { titleOf: nodeTitle } = useNodeTitles(
    message.strategyId && message.strategyVersion > 0
      ? [{ strategyId: message.strategyId, version: message.strategyVersion }]
      : [],
  );
  const nameOf = usePersonNames([message.personId]);
  const place = { strategyId: message.strategyId, version: message.strategyVersion };
  return (
    <Panel title={text.state.details}>
      <Facts
        facts={[
          [words.person, nameOf(message.personId)],
          message.strategyId
            ? [
                words.strategy,
                <span key="strategy">
                  <Link
                    to={`/strategies/${message.strategyId}?version=${message.strategyVersion}&node=${message.nodeId}`}
                  >
                    {strategyName(message.strategyId)}
                  </Link>
                  <span className="faint"> · {nodeTitle(place, message.nodeId)}</span>
                </span>,
              ]
            : false,
          [
            words.content,
            <span key="content">
              <Link to={`/content/${message.contentId}`}>{contentName(message.contentId)}</Link>
              <span className="faint">
                {' '}
                {text.strategy.versionNumber(String(message.contentVersion))}
                {message.contentVariant && ` · ${words.variant(message.contentVariant)}`}
              </span>
            </span>,
          ],
          message.reason && [words.reason, wordFor(text.words.reason, message.reason)],
          [words.purpose, wordFor(text.words.purpose, message.purpose)],
          [words.lane, words.lanes[message.lane]],
          [words.reserved, <TimeText key="reserved" at={message.reservedAt} form="full" />],
          message.dueAt && [words.due, <TimeText key="due" at={message.dueAt} form="full" />],
          message.sentAt && [words.sent, <TimeText key="sent" at={message.sentAt} form="full" />],
          message.deliveredAt && [
            words.delivered,
            <TimeText key="delivered" at={message.deliveredAt} form="full" />,
          ],
          message.clickedAt && [words.clicked, <TimeText key="clicked" at={message.clickedAt} form="full" />],
          [words.entry, format.integer(message.entry)],
          [
            words.id,
            <Typography.Text
              key="id"
              copyable={{ tooltips: [text.state.copy, words.idCopied] }}
              className="mono"
            >
              {message.messageId}
            </Typography.Text>,
          ],
        ]}
      />
    </Panel>
  );
}
