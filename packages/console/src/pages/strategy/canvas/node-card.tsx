import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import type { Finding, StrategyNode } from '@wutong/contract';
import type { NodeNumbers } from '../../../api/vocabulary.ts';
import { Tooltip } from 'antd';
import { WarningFilled } from '@ant-design/icons';
import { useReader } from '../../../frame/reader.tsx';
import { nodeIcons } from './node-icon.tsx';
import styles from './node-card.module.css';

export type NodeCardData = {
  node: StrategyNode;
  sentence: string;
  numbers: NodeNumbers | undefined;
  findings: Finding[];
  chosen: boolean;
};
export type CardNode = Node<NodeCardData, 'card'>;

/** A node on the canvas: picture, title, one sentence, live numbers, and a warning with its reason. */
export function NodeCard({ data }: NodeProps<CardNode>) {
  const { text, format, language } = useReader();
  const { node, sentence, numbers, findings, chosen } = data;
  const { icon: Icon, tone } = nodeIcons[node.kind];
  const names = text.strategy.kindNumbers;
  const small = node.kind === 'exit';
  return (
    <div className={styles.card} data-chosen={chosen} data-kind={node.kind}>
      {node.kind !== 'entry' && <Handle type="target" position={Position.Top} isConnectable={false} />}
      <div className={styles.head}>
        <span className={styles.icon} data-tone={tone}>
          <Icon />
        </span>
        <span className={styles.titles}>
          <b title={node.title}>{node.title || text.words.nodeKind[node.kind]}</b>
        </span>
        {findings.length > 0 && (
          <Tooltip title={findings.map((finding) => finding[language]).join('\n')}>
            <WarningFilled
              className={styles.warning}
              data-severity={findings.some(({ severity }) => severity === 'error') ? 'error' : 'warning'}
            />
          </Tooltip>
        )}
      </div>
      {!small && (
        <p className={styles.sentence} title={sentence}>
          {sentence}
        </p>
      )}
      <dl className={styles.numbers}>
        <Number name={names.in} value={format.compact(numbers?.in)} />
        {!small && (
          <Number name={names.waiting} value={format.compact(numbers?.waiting)} lively={!!numbers?.waiting} />
        )}
        {!small && <Number name={names.out} value={format.compact(numbers?.out)} />}
        {!small && (
          <Number name={names.refused} value={format.compact(numbers?.refused)} warns={!!numbers?.refused} />
        )}
      </dl>
      {node.kind !== 'exit' && <Handle type="source" position={Position.Bottom} isConnectable={false} />}
    </div>
  );
}

function Number({
  name,
  value,
  lively,
  warns,
}: {
  name: string;
  value: string;
  lively?: boolean;
  warns?: boolean;
}) {
  return (
    <div data-lively={lively} data-warns={warns}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
