import type { FunnelAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { heat } from '../chart/colors.ts';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { QuestionOf } from '../question/question.ts';
import { useGroupNames } from '../question/use-value-names.ts';
import { funnelCell } from './funnel-cell.ts';
import styles from './funnel.module.css';

type Group = NonNullable<FunnelAnswer['groups']>[number];

interface FunnelGroupsProps {
  question: QuestionOf<'funnel'>;
  groups: readonly Group[];
  titles: readonly string[];
}

/** Groups by how far they get: darker is better within a step. */
export function FunnelGroups({ question, groups, titles }: FunnelGroupsProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const groupName = useGroupNames(question.breakdown);
  const best = titles.map((_, index) => Math.max(...groups.map(({ steps }) => steps[index]?.rate ?? 0)));
  const columns: DataColumn<Group>[] = [
    { key: 'group', title: words.group, text: true, render: ({ group }) => groupName(group) },
    ...titles.map((title, index): DataColumn<Group> => ({
      key: String(index),
      title,
      style: ({ steps }) =>
        index === 0 ? undefined : heat((steps[index]?.rate ?? 0) / (best[index] || 1) / 1.6),
      render: ({ group, steps }) => {
        const step = steps[index];
        return (
          <DrillNumber
            of={step?.people ? funnelCell(question, index + 1, 'reached', group) : undefined}
            title={`${groupName(group)} · ${title}`}
          >
            {index === 0
              ? format.integer(step?.people)
              : `${format.percent(step?.rate)} (${format.integer(step?.people)})`}
          </DrillNumber>
        );
      },
    })),
  ];
  return (
    <section className={styles.part}>
      <h3>{words.byGroup}</h3>
      <DataTable label={words.byGroup} columns={columns} rows={groups} rowKey={({ group }) => group} heat />
    </section>
  );
}
