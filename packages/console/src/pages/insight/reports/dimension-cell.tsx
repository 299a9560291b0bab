import { ApartmentOutlined } from '@ant-design/icons';
import { useReader } from '../../../frame/reader.tsx';
import type { DrawnReport, ReportRow } from './drawn-report.ts';
import { relationsOf } from './report-choices.ts';
import styles from './report.module.css';

interface DimensionCellProps {
  drawn: DrawnReport;
  row: ReportRow;
  place: number;
}

/** A value of a dimension; an institution is a door to its parts, or to its managers where it has none. */
export function DimensionCell({ drawn, row, place }: DimensionCellProps) {
  const { text } = useReader();
  const words = text.reports;
  const { question, shown, lookUnder } = drawn;
  const dimension = question.dimensions[place];
  const given = row.dimensions[place]!;
  const name = shown.value(dimension, given);
  if (dimension?.kind !== 'institution' || given.value === '' || !lookUnder) return <>{name}</>;
  if (given.hasParts) {
    return (
      <button
        type="button"
        className={styles.door}
        title={words.drillInto(name)}
        onClick={() => lookUnder(given.value)}
      >
        <ApartmentOutlined /> {name}
      </button>
    );
  }
  const isOwn = given.value === dimension.under;
  const label = isOwn && drawn.answer.rows.length > 1 ? words.ownPeople(name) : name;
  const next = nextBelow(drawn);
  if (!next || (isOwn && drawn.answer.rows.length > 1)) return <>{label}</>;
  const by = shown.dimension(next, question.subject);
  return (
    <button
      type="button"
      className={styles.door}
      title={words.drillToManagers(name, by)}
      onClick={() => lookUnder(given.value, [next])}
    >
      {label}
    </button>
  );
}

/** Below the last institution stand the people in charge: the first many-to-one relation to entities of no tree. */
function nextBelow({ question, shown }: DrawnReport) {
  const relation = relationsOf(shown.model).find(
    ({ to, cardinality }) =>
      cardinality === 'many_to_one' &&
      !question.dimensions.some((each) => each.kind === 'institution' && each.entityType === to),
  );
  if (!relation || question.dimensions.length > 3) return undefined;
  const isThere = question.dimensions.some(
    (each) => each.kind === 'relation' && each.relation === relation.name,
  );
  return isThere ? undefined : { kind: 'relation' as const, relation: relation.name };
}
