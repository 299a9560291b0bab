import { useState } from 'react';
import { Segmented, Tooltip } from 'antd';
import {
  insightApi,
  type AnalysisCell,
  type AttributionAnswer,
  type AttributionModel,
} from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { colorOf } from '../chart/colors.ts';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { useValueNames } from '../question/use-value-names.ts';
import styles from './attribution.module.css';

type Props = AnswerViewProps<'attribution'>;
type Touch = AttributionAnswer['touches'][number];
type Counted = 'conversions' | 'value';

/** Which touches earned the conversions. */
export default function AttributionAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseAttribution}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <AttributionBody {...props} answer={answer} />}
    </Analysed>
  );
}

function AttributionBody({ question, names, tile, answer }: Props & { answer: AttributionAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const valueName = useValueNames(question.touchBy);
  const [counted, setCounted] = useState<Counted>('conversions');
  if (answer.conversions === 0) return <EmptyState title={words.noConversions} hint={words.nothingHint} />;
  const nameOf = (touch: string) => (question.touchBy === undefined ? names.event(touch) : valueName(touch));
  return (
    <>
      {!tile && (
        <StatRow>
          <Stat label={words.conversions} value={format.compact(answer.conversions)} />
          {question.valueProperty !== undefined && (
            <Stat label={names.property(question.valueProperty)} value={format.compact(answer.value)} />
          )}
          <Stat
            label={words.untouched}
            value={format.compact(answer.untouched)}
            note={format.percent(answer.untouched / answer.conversions)}
            definition={words.untouchedHint}
          />
        </StatRow>
      )}
      {question.valueProperty !== undefined && (
        <Segmented
          className={styles.choice}
          aria-label={words.measure}
          value={counted}
          options={[
            { value: 'conversions' as const, label: words.conversions },
            { value: 'value' as const, label: names.property(question.valueProperty) },
          ]}
          onChange={setCounted}
        />
      )}
      <ModelTable question={question} touches={answer.touches} counted={counted} nameOf={nameOf} />
    </>
  );
}

interface ModelTableProps {
  question: Props['question'];
  touches: readonly Touch[];
  counted: Counted;
  nameOf: (touch: string) => string;
}

/** Models side by side: one column each, bars on one scale, so that their judgements can be compared. */
function ModelTable({ question, touches, counted, nameOf }: ModelTableProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const { models } = question;
  const credit = (touch: Touch, model: AttributionModel) => touch.credits[model]?.[counted] ?? 0;
  const sums = new Map(
    models.map((model) => [model, touches.reduce((sum, touch) => sum + credit(touch, model), 0)]),
  );
  const [leading] = models;
  const rows = touches.toSorted((left, right) =>
    leading ? credit(right, leading) - credit(left, leading) : right.touches - left.touches,
  );
  const highest = Math.max(1e-9, ...rows.flatMap((touch) => models.map((model) => credit(touch, model))));
  const cell = (touch: string, converted: boolean): AnalysisCell => ({
    kind: 'attribution',
    analysis: bodyOf(question),
    cell: { touch, converted },
  });
  const columns: DataColumn<Touch>[] = [
    { key: 'touch', title: words.touchEvent, text: true, render: ({ touch }) => <b>{nameOf(touch)}</b> },
    {
      key: 'people',
      title: words.touchedPeople,
      render: ({ touch, people }) => (
        <DrillNumber
          of={people > 0 ? cell(touch, false) : undefined}
          title={`${nameOf(touch)} · ${words.touchedPeople}`}
        >
          {format.integer(people)}
        </DrillNumber>
      ),
    },
    { key: 'touches', title: words.touchCount, render: ({ touches: times }) => format.integer(times) },
    ...models.map((model, index): DataColumn<Touch> => ({
      key: model,
      title: (
        <Tooltip title={words.modelHints[model]}>
          <span tabIndex={0} className={styles.model}>
            {words.modelNames[model]}
          </span>
        </Tooltip>
      ),
      text: true,
      render: (touch) => {
        const value = credit(touch, model);
        return (
          <DrillNumber
            of={value > 0 ? cell(touch.touch, true) : undefined}
            title={`${nameOf(touch.touch)} · ${words.modelNames[model]}`}
            className={styles.credit}
          >
            <b>{format.decimal(value, 1)}</b>
            <small>{format.percent(value / (sums.get(model) || 1), 0)}</small>
            <span className={styles.track}>
              <i style={{ width: `${(value / highest) * 100}%`, background: colorOf(index) }} />
            </span>
          </DrillNumber>
        );
      },
    })),
  ];
  return (
    <div className={styles.table}>
      <DataTable label={words.models} columns={columns} rows={rows} rowKey={({ touch }) => touch} />
    </div>
  );
}
