import { useState } from 'react';
import { Button } from 'antd';
import { Link } from 'react-router-dom';
import type { ShownRelation } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { fieldsOf, useCatalogue } from '../../frame/use-catalogue.ts';
import { Panel } from '../../parts/page.tsx';
import { FieldLine } from '../../parts/shown-value.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { PersonDetails } from './person-details.tsx';
import styles from './person.module.css';

type End = ShownRelation['end'];

/** A door to the far end of a relation. */
export function EndLink({ end }: { end: End }) {
  const { text } = useReader();
  const title = end.title ?? (end.type === 'person' ? text.people.numbered(end.id) : end.id);
  const to =
    end.type === 'person' ? `/people/${end.id}` : `/entities/${end.type}/${encodeURIComponent(end.id)}`;
  return <Link to={to}>{title}</Link>;
}

/** Relations to people and entities, with what is known of the far end and who else relates to it. */
export function PersonRelations({ relations }: { relations: readonly ShownRelation[] }) {
  const { text, language } = useReader();
  const catalogue = useCatalogue();
  if (relations.length === 0) {
    return (
      <Panel>
        <EmptyState small title={text.people.noRelations} />
      </Panel>
    );
  }
  const details = relations.flatMap((relation) => relation.details);
  return (
    <div className="stack">
      <Panel flush>
        {relations.map((relation) => (
          <div
            key={`${relation.relationType} ${relation.direction} ${relation.end.id}`}
            className={styles.relation}
          >
            <span className="spread">
              <span>
                <span className="faint">{relation.title[language]}</span>{' '}
                <b>
                  <EndLink end={relation.end} />
                </b>
              </span>
              <span className="faint">
                {relation.validFrom && <TimeText at={relation.validFrom} form="date" />}
                {relation.validTo && (
                  <>
                    {' – '}
                    <TimeText at={relation.validTo} form="date" />
                  </>
                )}
              </span>
            </span>
            <FieldLine
              values={relation.attributes}
              fields={fieldsOf(catalogue, 'relationTypes', relation.relationType)}
            />
            {relation.entity && (
              <FieldLine
                values={relation.entity}
                fields={fieldsOf(catalogue, 'entityTypes', relation.end.type)}
              />
            )}
            {relation.neighbours.length > 0 && <Neighbours neighbours={relation.neighbours} />}
          </div>
        ))}
      </Panel>
      {details.length > 0 && <PersonDetails details={details} />}
    </div>
  );
}

/** So many are shown at once; an institution has thousands. */
const FIRST_NEIGHBOURS = 12;

function Neighbours({ neighbours }: { neighbours: ShownRelation['neighbours'] }) {
  const { text, format, language } = useReader();
  const [all, setAll] = useState(false);
  const shown = all ? neighbours : neighbours.slice(0, FIRST_NEIGHBOURS);
  const hidden = neighbours.length - shown.length;
  return (
    <div className={styles.neighbours}>
      <span className="faint">{text.people.neighbours}</span>
      <span className="row">
        {shown.map((neighbour) => (
          <Chip key={`${neighbour.type} ${neighbour.id}`}>
            <span title={neighbour.relationTitle[language]}>
              <EndLink end={neighbour} />
            </span>
          </Chip>
        ))}
        {hidden > 0 && (
          <Button size="small" type="link" onClick={() => setAll(true)}>
            {text.people.moreNeighbours(format.integer(hidden))}
          </Button>
        )}
      </span>
    </div>
  );
}
