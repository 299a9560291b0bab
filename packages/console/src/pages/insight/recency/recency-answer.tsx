import { useState } from 'react';
import { Segmented } from 'antd';
import { insightApi, type AnalysisCell, type RecencyAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { heat } from '../chart/colors.ts';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { scoresOf, together, valueClasses, type Together, type ValueClass } from './group-cells.ts';
import styles from './recency.module.css';

type Props = AnswerViewProps<'recency'>;
type Cell = Extract<AnalysisCell, { kind: 'recency' }>['cell'];
type Shade = 'people' | 'meanValue';
/** What the names of the axes take of a tile, and the least a cell needs, in px. */
const AXES_PX = 84;
const LOWEST_PX = 34;

/** How recently, how often, how much. */
export default function RecencyAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseRecency}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <RecencyBody {...props} answer={answer} />}
    </Analysed>
  );
}

function RecencyBody({ question, tile, heightPx, answer }: Props & { answer: RecencyAnswer }) {
  const { text } = useReader();
  const words = text.insight;
  const [shade, setShade] = useState<Shade>('people');
  if (answer.people === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const ofCell = (cell: Cell): AnalysisCell => ({ kind: 'recency', analysis: bodyOf(question), cell });
  return (
    <div className={styles.parts} data-tile={tile ?? false}>
      <section>
        <div className="spread">
          {!tile && <h3 className={styles.head}>{words.matrix}</h3>}
          {!tile && (
            <Segmented
              size="small"
              aria-label={words.shade}
              value={shade}
              options={(['people', 'meanValue'] as const).map((each) => ({
                value: each,
                label: words.shades[each],
              }))}
              onChange={setShade}
            />
          )}
        </div>
        <Matrix
          answer={answer}
          buckets={question.buckets}
          shade={shade}
          heightPx={heightPx}
          ofCell={ofCell}
        />
      </section>
      {!tile && <Classes answer={answer} buckets={question.buckets} ofCell={ofCell} />}
    </div>
  );
}

interface PartProps {
  answer: RecencyAnswer;
  buckets: number;
  ofCell: (cell: Cell) => AnalysisCell;
}

/** Recency up, frequency across: the best customers stand at the top right. */
function Matrix(props: PartProps & { shade: Shade; heightPx: number | undefined }) {
  const { answer, buckets, shade, heightPx, ofCell } = props;
  const { text, format } = useReader();
  const words = text.insight;
  const scores = Array.from({ length: buckets }, (_, index) => index + 1);
  const at = (recency: number, frequency: number) =>
    together(answer.cells.filter((cell) => cell.recency === recency && cell.frequency === frequency));
  const highest = Math.max(
    1e-9,
    ...scores.flatMap((recency) => scores.map((frequency) => at(recency, frequency)[shade])),
  );
  return (
    <div className={styles.matrix}>
      <span className={styles.up}>{words.recency} ↑</span>
      <div
        className={styles.grid}
        style={{
          gridTemplateColumns: `20px repeat(${buckets}, minmax(0, 1fr))`,
          gridTemplateRows:
            heightPx &&
            `repeat(${buckets}, minmax(${Math.max(LOWEST_PX, (heightPx - AXES_PX) / buckets)}px, auto)) auto`,
        }}
        data-fitted={heightPx !== undefined}
      >
        {scores.toReversed().map((recency) => [
          <span key={`${recency}`} className={styles.score}>
            {recency}
          </span>,
          ...scores.map((frequency) => {
            const cell = at(recency, frequency);
            const title = `${words.recency} ${recency} · ${words.frequency} ${frequency}`;
            return (
              <DrillNumber
                key={`${recency} ${frequency}`}
                of={cell.people > 0 ? ofCell({ recency, frequency }) : undefined}
                title={`${title} · ${words.meansOf(format.decimal(cell.meanDays, 0), format.decimal(cell.meanEvents, 1), format.compact(Math.round(cell.meanValue)))}`}
                className={styles.cell}
                style={heat(cell.people > 0 ? cell[shade] / highest : 0)}
              >
                <b>
                  {shade === 'people'
                    ? format.compact(cell.people)
                    : format.compact(Math.round(cell.meanValue))}
                </b>
                <small>
                  {shade === 'people'
                    ? format.percent(cell.people / answer.people)
                    : words.personCount(format.compact(cell.people))}
                </small>
              </DrillNumber>
            );
          }),
        ])}
        <span />
        {scores.map((frequency) => (
          <span key={frequency} className={styles.score}>
            {frequency}
          </span>
        ))}
      </div>
      <span className={styles.right}>{words.frequency} →</span>
    </div>
  );
}

type ClassRow = Together & { name: ValueClass; cell: Cell };

/** The eight classes that marketers speak of. */
function Classes({ answer, buckets, ofCell }: PartProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const rows = (Object.keys(valueClasses) as ValueClass[]).map((name): ClassRow => {
    const [recency, frequency, value] = valueClasses[name].map((high) => scoresOf(high, buckets));
    const cells = answer.cells.filter(
      (cell) =>
        recency!.includes(cell.recency) && frequency!.includes(cell.frequency) && value!.includes(cell.value),
    );
    return { ...together(cells), name, cell: { recency, frequency, value } };
  });
  const most = Math.max(1, ...rows.map(({ people }) => people));
  const columns: DataColumn<ClassRow>[] = [
    {
      key: 'name',
      title: words.valueClass,
      text: true,
      render: ({ name }) => (
        <>
          <b>{words.valueClasses[name]}</b>
          <small className={styles.advice}>{words.valueAdvice[name]}</small>
        </>
      ),
    },
    {
      key: 'people',
      title: words.peopleCount,
      text: true,
      render: ({ name, cell, people }) => (
        <DrillNumber
          of={people > 0 ? ofCell(cell) : undefined}
          title={words.valueClasses[name]}
          className={styles.people}
        >
          <span>
            <i style={{ width: `${(people / most) * 100}%` }} />
          </span>
          {format.integer(people)}
          <small>{format.percent(people / answer.people, 0)}</small>
        </DrillNumber>
      ),
    },
    {
      key: 'days',
      title: words.meanDays,
      render: ({ people, meanDays }) => format.decimal(people ? meanDays : undefined, 0),
    },
    {
      key: 'events',
      title: words.meanEvents,
      render: ({ people, meanEvents }) => format.decimal(people ? meanEvents : undefined, 1),
    },
    {
      key: 'value',
      title: words.meanValue,
      render: ({ people, meanValue }) => format.compact(people ? Math.round(meanValue) : undefined),
    },
  ];
  return (
    <section>
      <h3 className={styles.head}>{words.valueClassesTitle}</h3>
      <DataTable label={words.valueClassesTitle} columns={columns} rows={rows} rowKey={({ name }) => name} />
    </section>
  );
}
