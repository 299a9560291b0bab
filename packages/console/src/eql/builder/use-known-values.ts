import { audienceApi, insightApi, profileApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useText } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { wordFor } from '../../text/text.ts';
import type { ExpressionNames, FieldChoice } from '../rule/names.ts';
import type { ValueTyping } from '../rule/value-type.ts';
import { useRule } from '../rule-context.ts';

export interface KnownValue {
  value: string;
  label: string;
}

export interface KnownValues {
  values: readonly KnownValue[];
  /** The declaration allows no other value. */
  closed: boolean;
}

/** As many existing values as are proposed. */
const MOST = 50;
/** Types with more entities than one page are typed by id; institutions, managers and products fit. */
const MOST_ENTITIES = 500;
/** Existing values change slowly; they are asked for again after this time, in milliseconds. */
const RENEW_MS = 10 * 60_000;

/** The entity type whose ids a field holds: `institution_id`, or a relation named like an attribute. */
function entityTypeOf(names: ExpressionNames, field: FieldChoice | undefined): string | undefined {
  if (!field || field.type !== 'text') return undefined;
  const relation = field.through !== undefined && field.path.length === 1;
  if (relation) return names.relations.find(({ name }) => name === field.name)?.to;
  return names.entities.find(({ name }) => `${name}_id` === field.name)?.name;
}

/** The values there may be: those declared, the entities that are named, else the most frequent that people have. */
export function useKnownValues(typing: ValueTyping | undefined): KnownValues {
  const { field, tag } = typing ?? {};
  const { words } = useText();
  const { names } = useRule();
  const mayCompare = useMay(insightApi.analysePortrait);
  const mayList = useMay(profileApi.listEntities);
  const mayReadTags = useMay(audienceApi.readTag);
  const declared = field?.values ?? [];
  const type = entityTypeOf(names, field);
  const asksEntities = mayList && type !== undefined;
  const asksPeople =
    mayCompare &&
    declared.length === 0 &&
    type === undefined &&
    field?.ofPerson === true &&
    !field.encrypted &&
    (field.type === 'text' || field.type === 'list');
  const entities = useRead(
    profileApi.listEntities,
    { params: { type: type ?? '' }, query: { limit: MOST_ENTITIES } },
    { enabled: asksEntities, refetchIntervalMs: RENEW_MS },
  );
  const portrait = useRead(
    insightApi.analysePortrait,
    { body: { people: 'person', attributes: [field?.name ?? ''], valuesPerAttribute: MOST } },
    { enabled: asksPeople, refetchIntervalMs: RENEW_MS },
  );
  const asksTag = mayReadTags && tag !== undefined && (typing?.type === 'text' || typing?.type === 'list');
  const tagged = useRead(
    audienceApi.readTag,
    { params: { tagId: tag ?? '' } },
    { enabled: asksTag, refetchIntervalMs: RENEW_MS },
  );
  const named = (value: string): KnownValue => ({ value, label: wordFor(words.value, value) });
  if (declared.length > 0) return { values: declared.map(named), closed: true };
  if (asksEntities) {
    const items = entities.data?.items ?? [];
    return { values: items.map(({ id, title }) => ({ value: id, label: title || id })), closed: false };
  }
  const existing: readonly { value: string }[] = asksTag
    ? (tagged.data?.values ?? [])
    : asksPeople
      ? (portrait.data?.attributes[0]?.values ?? [])
      : [];
  return {
    values: existing.filter(({ value }) => value !== '').map(({ value }) => named(value)),
    closed: false,
  };
}
