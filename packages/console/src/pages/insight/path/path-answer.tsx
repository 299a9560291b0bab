import { insightApi, OTHER_GROUP, type PathAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { useValueNames } from '../question/use-value-names.ts';
import { PathDiagram } from './path-diagram.tsx';
import { pathCell } from './path-cell.ts';
import styles from './path.module.css';

type Props = AnswerViewProps<'path'>;
type Link = PathAnswer['links'][number];

/** How many links the table below the diagram names. */
const MOST_ROWS = 30;
/** What stands between an event and the value that tells it apart, as the server writes nodes. */
const SPLIT = ' · ';

/** What people do next, or did before. */
export default function PathAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analysePath}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <PathBody {...props} answer={answer} />}
    </Analysed>
  );
}

function PathBody({ question, names, tile, heightPx, answer }: Props & { answer: PathAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const valueName = useValueNames(question.splitBy);
  if (answer.paths === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const nameOf = (name: string): string => {
    if (name === OTHER_GROUP) return words.otherEvents;
    const [event, ...rest] = name.split(SPLIT);
    const title = names.event(event ?? name);
    return rest.length > 0 ? `${title}${SPLIT}${valueName(rest.join(SPLIT))}` : title;
  };
  return (
    <>
      {!tile && (
        <StatRow>
          <Stat label={words.paths} value={format.compact(answer.paths)} definition={words.pathsHint} />
          <Stat label={words.peopleCount} value={format.compact(answer.people)} />
          <Stat
            label={words.pathsPerPerson}
            value={format.decimal(answer.paths / Math.max(1, answer.people))}
          />
        </StatRow>
      )}
      <PathDiagram question={question} answer={answer} nameOf={nameOf} heightPx={heightPx} />
      {!tile && <PathTable question={question} answer={answer} nameOf={nameOf} />}
    </>
  );
}

interface PathTableProps {
  question: Props['question'];
  answer: PathAnswer;
  nameOf: (name: string) => string;
}

/** The busiest passages, to be read. Paths that end in an event are drawn, and so counted, backwards. */
function PathTable({ question, answer, nameOf }: PathTableProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const rows = answer.links.toSorted((left, right) => right.paths - left.paths).slice(0, MOST_ROWS);
  const whole = new Map(answer.nodes.map(({ level, name, paths }) => [`${level} ${name}`, paths]));
  const backwards = question.anchor?.kind === 'end';
  const columns: DataColumn<Link>[] = [
    { key: 'level', title: words.step, render: ({ level }) => (backwards ? -level : level + 1) },
    {
      key: 'from',
      title: backwards ? words.event : words.from,
      text: true,
      render: ({ from }) => nameOf(from),
    },
    { key: 'to', title: backwards ? words.before : words.to, text: true, render: ({ to }) => nameOf(to) },
    {
      key: 'paths',
      title: words.paths,
      render: ({ level, from, to, paths }) => (
        <DrillNumber of={pathCell(question, level, from, to)} title={`${nameOf(from)} → ${nameOf(to)}`}>
          {format.integer(paths)}
        </DrillNumber>
      ),
    },
    {
      key: 'share',
      title: words.shareOfNode,
      render: ({ level, from, paths }) => format.percent(paths / (whole.get(`${level} ${from}`) ?? paths)),
    },
  ];
  return (
    <div className={styles.table}>
      <DataTable
        label={words.passages}
        columns={columns}
        rows={rows}
        rowKey={({ level, from, to }) => `${level} ${from} ${to}`}
      />
    </div>
  );
}
