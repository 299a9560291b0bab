/** Names for values of a property or an attribute, so that no id stands where a person expects a word. */
import { profileApi, OTHER_GROUP, type Breakdown } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useText } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { useContentNames, useStrategyNames, useSupplierNames } from '../../../frame/use-names.ts';

/** As many entities as one page names; products, institutions and managers fit. */
const LIMIT = 500;

/** What a value of the property is called; a value without a name is shown as it is. */
export function useValueNames(property: string | undefined): (value: string) => string {
  const { words, insight } = useText();
  const catalogue = useCatalogue();
  const entityType = property?.replace(/_id$/, '');
  const isEntity = catalogue?.entityTypes.some(({ name }) => name === entityType) ?? false;
  const { data } = useRead(
    profileApi.listEntities,
    { params: { type: entityType ?? '' }, query: { limit: LIMIT } },
    { refetchIntervalMs: 300_000, enabled: useMay(profileApi.listEntities) && isEntity },
  );
  const strategy = useStrategyNames();
  const content = useContentNames();
  const supplier = useSupplierNames();
  const lists: Record<string, Record<string, string> | undefined> = {
    channel: { ...words.value, ...words.channel },
    reason: words.reason,
    event: words.event,
  };
  const namings: Record<string, ((value: string) => string) | undefined> = {
    strategy_id: strategy,
    content_id: content,
    supplier,
  };
  return (value) => {
    if (value === '') return insight.noValue;
    if (value === OTHER_GROUP) return insight.otherGroups;
    const entity = isEntity ? data?.items.find(({ id }) => id === value)?.title : undefined;
    if (entity) return entity;
    const named = property === undefined ? undefined : namings[property]?.(value);
    return named ?? (lists[property ?? ''] ?? (words.value as Record<string, string>))[value] ?? value;
  };
}

/** What the groups of a breakdown are called. */
export function useGroupNames(breakdown: Breakdown | undefined): (group: string) => string {
  const by = breakdown?.by;
  const property =
    by?.kind === 'property' ? by.property : by?.kind === 'attribute' ? by.attribute : undefined;
  const { insight } = useText();
  const named = useValueNames(property);
  return (group) => (by?.kind === 'people' && group === '' ? insight.noGroup : named(group));
}
