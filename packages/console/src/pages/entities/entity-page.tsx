import { useParams } from 'react-router-dom';
import { profileApi } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Facts } from '../../parts/facts.tsx';
import { FoldablePanel } from '../../parts/foldable-panel.tsx';
import { Page } from '../../parts/page.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Answer } from '../../parts/states.tsx';
import { DetailTable, PersonDetails } from '../people/person-details.tsx';
import { PersonRelations } from '../people/person-relations.tsx';
import styles from './entity.module.css';

/** So many fit a phone beside what else there is. */
const FEW_ATTRIBUTES = 8;

/** 360° of a company, an institution, a product, or any other entity. */
export default function EntityPage() {
  const { type = '', id = '' } = useParams();
  const { text, format, language } = useReader();
  const words = text.entities;
  const entity = useRead(profileApi.readEntity, { params: { type, id } }, { refetchIntervalMs: CALM_MS });
  const references = useRead(profileApi.listEntityReferences, { params: { type, id } });
  return (
    <Page
      title={entity.data?.title ?? id}
      lead={entity.data && `${entity.data.typeTitle[language]} · ${words.id} ${entity.data.id}`}
      back={{ to: `/entities/${type}`, label: words.title }}
    >
      <Answer query={entity} rows={8}>
        {({ attributes, relations, details }) => (
          <div className={styles.columns}>
            <FoldablePanel
              title={words.attributes}
              summary={format.integer(attributes.length)}
              startsOpen={attributes.length <= FEW_ATTRIBUTES}
            >
              <Facts
                facts={attributes.map(({ name, title, value, valueType, unit }) => [
                  title[language],
                  <ValueText key={name} value={value} valueType={valueType} unit={unit} />,
                ])}
              />
            </FoldablePanel>
            <div className="stack">
              {(relations.length > 0 || references.data?.items.length === 0) && (
                <PersonRelations relations={relations} />
              )}
              {details.length > 0 && <PersonDetails details={details} />}
              {(references.data?.items ?? []).map((each) => (
                <DetailTable
                  key={`${each.type} ${each.field}`}
                  title={each.title[language]}
                  type={each.type}
                  rows={each.newest}
                  total={each.count}
                  hasOwners
                />
              ))}
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}
