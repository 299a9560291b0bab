import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { NodeOfKind, StrategyNode } from '@wutong/contract';
import type { NodeNumbers } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useEventTitles } from '../../../frame/use-event-titles.ts';
import { useContentNames } from '../../../frame/use-names.ts';
import { EqlText } from '../../../parts/eql-text.tsx';
import { Facts, type Fact } from '../../../parts/facts.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { NodePeople } from './node-people.tsx';
import { nodeIcons } from './node-icon.tsx';
import { sentenceOfNode } from './node-sentence.ts';
import styles from './panel.module.css';

interface NodePanelProps {
  strategyId: string;
  version: number | undefined;
  node: StrategyNode;
  numbers: NodeNumbers | undefined;
  nodeTitle: (nodeId: string) => string;
}

/** Everything about the chosen node: what it does, its numbers, where people went, and who they are. */
export function NodePanel({ strategyId, version, node, numbers, nodeTitle }: NodePanelProps) {
  const { text, format } = useReader();
  const contentName = useContentNames();
  const { event: eventTitle } = useEventTitles();
  const words = text.strategy.panel;
  const { icon: Icon } = nodeIcons[node.kind];
  const reaches = node.kind === 'send' || node.kind === 'task';
  return (
    <div className={styles.panel}>
      <header>
        <p className="faint">
          <Icon /> {text.words.nodeKind[node.kind]}
        </p>
        <h3 className={styles.title}>{node.title || text.words.nodeKind[node.kind]}</h3>
        <p className="soft">{sentenceOfNode(node, { text, format, contentName, eventTitle })}</p>
        {node.note && <p className={styles.note}>{node.note}</p>}
      </header>
      {numbers && (
        <section>
          <h4>{words.numbers}</h4>
          <dl className={styles.four}>
            {(['in', 'waiting', 'out', 'refused'] as const).map((name) => (
              <div key={name}>
                <dt>{text.strategy.kindNumbers[name]}</dt>
                <dd className="number">{format.integer(numbers[name])}</dd>
              </div>
            ))}
          </dl>
          <Outcomes numbers={numbers} />
        </section>
      )}
      <section>
        <h4>{words.settings}</h4>
        <NodeSettings node={node} nodeTitle={nodeTitle} />
        {reaches && (
          <p style={{ marginTop: 10 }}>
            <Link to={`/messages?strategyId=${strategyId}&nodeId=${node.id}`}>{words.messages} →</Link>
          </p>
        )}
      </section>
      {version !== undefined && (
        <section>
          <h4>{words.people}</h4>
          <NodePeople key={node.id} strategyId={strategyId} version={version} nodeId={node.id} />
        </section>
      )}
    </div>
  );
}

/** Where those who left went, as bars on one scale. */
function Outcomes({ numbers }: { numbers: NodeNumbers }) {
  const { text, format } = useReader();
  const known: Record<string, string> = { ...text.words.reason, ...text.strategy.outcome };
  const entries = Object.entries(numbers.outcomes).toSorted(([, left], [, right]) => right - left);
  if (entries.length === 0) return null;
  return (
    <ul className={styles.outcomes} aria-label={text.strategy.panel.outcomes}>
      {entries.map(([code, count]) => (
        <li key={code}>
          <span>{known[code] ?? code}</span>
          <span className={styles.track} aria-hidden="true">
            <i style={{ width: `${(count / Math.max(1, numbers.out)) * 100}%` }} />
          </span>
          <span className="number">{format.integer(count)}</span>
        </li>
      ))}
    </ul>
  );
}

function NodeSettings({ node, nodeTitle }: { node: StrategyNode; nodeTitle: (nodeId: string) => string }) {
  switch (node.kind) {
    case 'entry':
      return <EntrySettings node={node} />;
    case 'send':
    case 'task':
      return <ReachSettings node={node} />;
    case 'wait':
      return <WaitSettings node={node} nodeTitle={nodeTitle} />;
    case 'branch':
      return (
        <div className={styles.branches}>
          {node.branches.map(({ label, eql }) => (
            <div key={label}>
              <Chip tone="busy">{label}</Chip>
              <EqlText text={eql || '–'} />
            </div>
          ))}
        </div>
      );
    case 'holdout':
    case 'split':
      return <KeySettings node={node} />;
    case 'exit':
      return <p className="faint">–</p>;
  }
}

function EntrySettings({ node }: { node: NodeOfKind<'entry'> }) {
  const { text, format } = useReader();
  const words = text.strategy.panel;
  const { source, reentry } = node;
  return (
    <div className={styles.branches}>
      {source.type === 'audience' && <EqlText text={source.eql || '–'} />}
      <Facts
        facts={[
          [
            words.reentry,
            reentry.kind === 'never' ? words.never : words.afterExit(format.duration(reentry.cooldownMs)),
          ],
        ]}
      />
    </div>
  );
}

function KeySettings({ node }: { node: NodeOfKind<'holdout'> | NodeOfKind<'split'> }) {
  const { text, format } = useReader();
  const shares: Fact[] =
    node.kind === 'holdout'
      ? [[text.strategy.edge.holdout, format.percent(node.share / 10_000)]]
      : node.branches.map(({ label, share }): Fact => [label, format.percent(share / 10_000)]);
  return (
    <Facts
      facts={[...shares, node.key ? [text.strategy.panel.key, <code key="key">{node.key}</code>] : false]}
    />
  );
}

function ReachSettings({ node }: { node: NodeOfKind<'send'> | NodeOfKind<'task'> }) {
  const { text, format } = useReader();
  const contentName = useContentNames();
  const words = text.strategy.panel;
  const reference = ({ contentId, version }: { contentId: string; version?: number }): ReactNode => (
    <Link to={`/content/${contentId}`}>
      {version === undefined
        ? `${contentName(contentId)} (${words.newestApproved})`
        : words.contentVersion(contentName(contentId), String(version))}
    </Link>
  );
  const cascade = node.kind === 'send' ? node.cascade : undefined;
  return (
    <Facts
      facts={[
        node.content && [words.content, reference(node.content)],
        ...Object.entries(node.contentByVariant ?? {}).map(([label, each]): Fact => [
          `${words.content} ${label}`,
          reference(each),
        ]),
        node.riskLevel && [words.riskLevel, node.riskLevel],
        node.expiresMs !== undefined && [words.expires, format.duration(node.expiresMs)],
        cascade && [words.attempts, format.integer(cascade.maximumAttempts)],
        cascade && [words.onReject, cascade.onReject ? text.state.yes : text.state.no],
        cascade?.noReceiptAfterMs !== undefined && [
          words.noReceipt,
          format.duration(cascade.noReceiptAfterMs),
        ],
        node.kind === 'task' && [words.due, format.duration(node.dueMs)],
      ]}
    />
  );
}

function WaitSettings({
  node,
  nodeTitle,
}: {
  node: NodeOfKind<'wait'>;
  nodeTitle: (nodeId: string) => string;
}) {
  const { text, format } = useReader();
  const words = text.strategy.panel;
  const titles = useEventTitles();
  const { wait } = node;
  if (wait.type !== 'event') return <p className="faint">–</p>;
  return (
    <Facts
      facts={[
        [text.event, titles.event(wait.event)],
        [words.timeout, format.duration(wait.timeoutMs)],
        wait.ofNodes && [words.ofNodes, wait.ofNodes.map(nodeTitle).join(text.punctuation.comma)],
        ...wait.where.map(({ property, operator, value, sameAs }): Fact => [
          titles.property(wait.event, property),
          `${text.operators[operator]} ${String(value ?? sameAs ?? '')}`,
        ]),
      ]}
    />
  );
}
