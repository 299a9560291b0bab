import { useText } from '../frame/reader.tsx';
import { useCatalogue } from '../frame/use-catalogue.ts';
import { wordFor } from '../text/text.ts';
import { EntityName } from './entity-name.tsx';

/** The value of an attribute by its word; an entity's id (`institution_id`) by the entity's name. */
export function ValueName({ attribute, value }: { attribute: string; value: string }) {
  const { words } = useText();
  const catalogue = useCatalogue();
  const type = catalogue?.entityTypes.find(({ name }) => attribute === `${name}_id`)?.name;
  if (type && value !== '') return <EntityName type={type} id={value} />;
  return <>{wordFor(words.value, value)}</>;
}
