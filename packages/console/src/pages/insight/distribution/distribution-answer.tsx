import { useState } from 'react';
import { Select } from 'antd';
import { insightApi, type AnalysisCell, type DistributionAnswer, type Spread } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { Histogram } from '../chart/histogram.tsx';
import { bodyOf } from '../question/question.ts';
import { useGroupNames } from '../question/use-value-names.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './distribution.module.css';

type Props = AnswerViewProps<'distribution'>;
type Bin = Spread['bins'][number];
type Group = NonNullable<DistributionAnswer['groups']>[number];

/** How a number per person is spread. */
export default function DistributionAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseDistribution}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <DistributionBody {...props} answer={answer} />}
    </Analysed>
  );
}

const WHOLE = ' whole';

function DistributionBody({ question, tile, heightPx, answer }: Props & { answer: DistributionAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const groupName = useGroupNames(question.breakdown);
  const binName = useBinName();
  const [chosen, setChosen] = useState(WHOLE);
  if (answer.people === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const group = answer.groups?.find((each) => each.group === chosen);
  const shown: Spread = group ?? answer;
  const ofBin = ({ low, high }: Bin): AnalysisCell => ({
    kind: 'distribution',
    analysis: bodyOf(question),
    cell: { low, high, group: group?.group },
  });
  return (
    <>
      {!tile && (
        <StatRow>
          <Stat label={words.peopleCount} value={format.compact(shown.people)} />
          <Stat label={words.mean} value={format.decimal(shown.mean)} />
          <Stat label={words.median} value={format.decimal(shown.median)} />
          <Stat label={words.p90} value={format.decimal(shown.p90)} definition={words.p90Hint} />
          <Stat label={words.highest} value={format.decimal(shown.max)} />
        </StatRow>
      )}
      {answer.groups && (
        <Select
          aria-label={words.group}
          className={styles.choice}
          value={chosen}
          {...wideList}
          options={[
            { value: WHOLE, label: words.allGroups },
            ...answer.groups.map((each) => ({ value: each.group, label: groupName(each.group) })),
          ]}
          onChange={setChosen}
        />
      )}
      <Histogram
        label={words.distribution}
        heightPx={heightPx}
        bars={shown.bins.map((bin) => ({
          key: `${bin.low} ${bin.high}`,
          name: binName(bin),
          value: bin.people,
          of: ofBin(bin),
        }))}
      />
      {!tile && answer.groups && <Groups groups={answer.groups} nameOf={groupName} />}
    </>
  );
}

/** A bin in words; bins of whole numbers that hold one are called by it. */
function useBinName(): (bin: Bin) => string {
  const { text, format } = useReader();
  const words = text.insight;
  return ({ low, high }) => {
    if (low === null) return words.below(format.compact(high));
    if (high === null) return words.atLeast(format.compact(low));
    if (high - low === 1 && Number.isInteger(low)) return format.integer(low);
    return `${format.compact(low)}–${format.compact(high)}`;
  };
}

function Groups({ groups, nameOf }: { groups: readonly Group[]; nameOf: (group: string) => string }) {
  const { text, format } = useReader();
  const words = text.insight;
  const columns: DataColumn<Group>[] = [
    { key: 'group', title: words.group, text: true, render: ({ group }) => nameOf(group) },
    { key: 'people', title: words.peopleCount, render: ({ people }) => format.integer(people) },
    { key: 'mean', title: words.mean, render: ({ mean }) => format.decimal(mean) },
    { key: 'median', title: words.median, render: ({ median }) => format.decimal(median) },
    { key: 'p90', title: words.p90, render: ({ p90 }) => format.decimal(p90) },
    { key: 'max', title: words.highest, render: ({ max }) => format.decimal(max) },
  ];
  return (
    <div className={styles.table}>
      <DataTable label={words.byGroup} columns={columns} rows={groups} rowKey={({ group }) => group} />
    </div>
  );
}
