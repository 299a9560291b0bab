import { useState } from 'react';
import { Button } from 'antd';
import type { ShownRelation } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { fieldsOf, useCatalogue } from '../../frame/use-catalogue.ts';
import { EndLink } from '../../parts/end-link.tsx';
import { FoldablePanel } from '../../parts/foldable-panel.tsx';
import { Panel } from '../../parts/page.tsx';
import { FieldLine } from '../../parts/shown-value.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import type { Language } from '../../text/language.ts';
import { PersonDetails } from './person-details.tsx';
import styles from './person.module.css';

type End = ShownRelation['end'];

/** Relations to people and entities by what they are, with what is known of the far end and who else relates to it. */
export function PersonRelations({ relations }: { relations: readonly ShownRelation[] }) {
  const { text, format, language } = useReader();
  if (relations.length === 0) {
    return (
      <Panel>
        <EmptyState small title={text.people.noRelations} />
      </Panel>
    );
  }
  const details = relations.flatMap((relation) => relation.details);
  const groups = new Map<string, ShownRelation[]>();
  for (const relation of relations) {
    const group = `${relation.relationType} ${relation.direction}`;
    groups.set(group, [...(groups.get(group) ?? []), relation]);
  }
  return (
    <div className="stack">
      {[...groups].map(([group, members]) => (
        <FoldablePanel
          key={group}
          flush
          startsOpen={members.length <= FEW_RELATIONS}
          title={members[0]?.title[language]}
          summary={
            members.length === 1
              ? (members[0]?.end.title ?? members[0]?.end.id)
              : text.state.total(format.integer(members.length))
          }
        >
          <RelationRows relations={members} />
        </FoldablePanel>
      ))}
      {details.length > 0 && <PersonDetails details={details} />}
    </div>
  );
}

const FIRST_ROWS = 20;
const FEW_RELATIONS = 3;

function RelationRows({ relations }: { relations: readonly ShownRelation[] }) {
  const { text } = useReader();
  const [all, setAll] = useState(false);
  const shown = all ? relations : relations.slice(0, FIRST_ROWS);
  return (
    <>
      {shown.map((relation) => (
        <RelationRow
          key={`${relation.relationType} ${relation.direction} ${relation.end.id} ${relation.validFrom ?? ''}`}
          relation={relation}
        />
      ))}
      {shown.length < relations.length && (
        <Button type="link" block onClick={() => setAll(true)}>
          {text.state.more}
        </Button>
      )}
    </>
  );
}

function RelationRow({ relation }: { relation: ShownRelation }) {
  const catalogue = useCatalogue();
  return (
    <div className={styles.relation}>
      <span className="spread">
        <b>
          <EndLink end={relation.end} />
        </b>
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
        <FieldLine values={relation.entity} fields={fieldsOf(catalogue, 'entityTypes', relation.end.type)} />
      )}
      {relation.neighbours.length > 0 && <Neighbours neighbours={relation.neighbours} />}
    </div>
  );
}

/** So many are shown at once; an institution has thousands. */
const FIRST_NEIGHBOURS = 12;

/** Somebody related in several ways is one neighbour; how, stands in the tool tip. */
function distinct(neighbours: ShownRelation['neighbours'], language: Language) {
  const byEnd = new Map<string, { end: End; how: Set<string> }>();
  for (const neighbour of neighbours) {
    const id = `${neighbour.type} ${neighbour.id}`;
    const known = byEnd.get(id);
    if (known) known.how.add(neighbour.relationTitle[language]);
    else byEnd.set(id, { end: neighbour, how: new Set([neighbour.relationTitle[language]]) });
  }
  return [...byEnd.values()];
}

function Neighbours({ neighbours }: { neighbours: ShownRelation['neighbours'] }) {
  const { text, format, language } = useReader();
  const [all, setAll] = useState(false);
  const others = distinct(neighbours, language);
  const shown = all ? others : others.slice(0, FIRST_NEIGHBOURS);
  const hidden = others.length - shown.length;
  return (
    <div className={styles.neighbours}>
      <span className="faint">{text.people.neighbours}</span>
      <span className="row">
        {shown.map(({ end, how }) => (
          <Chip key={`${end.type} ${end.id}`}>
            <span title={[...how].join(text.punctuation.comma)}>
              <EndLink end={end} />
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
