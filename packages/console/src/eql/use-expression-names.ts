import { useMemo } from 'react';
import { audienceApi, type Catalogue, type ResponseOf, type ValueType } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';
import { useReader } from '../frame/reader.tsx';
import { useCatalogue } from '../frame/use-catalogue.ts';
import { wordFor, type Text } from '../text/text.ts';
import type { Language } from '../text/language.ts';
import { noNames, type ExpressionNames, type FieldName } from './rule/names.ts';
import type { EqlValueType } from './rule/eql-value-type.ts';

type EqlNames = ResponseOf<typeof audienceApi.readCatalogue>;
type Declared = Catalogue['attributes'];

const TYPES: Record<ValueType, EqlValueType> = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'instant',
  'string[]': 'list',
};

/** The names of EQL, and where the reader may see the model, its titles in both languages and its known values. */
function namesOf(
  eql: EqlNames,
  model: Catalogue | undefined,
  text: Text,
  language: Language,
): ExpressionNames {
  const fieldNames = (
    shown: readonly { name: string; title: string; type: string; unit?: string; encrypted?: boolean }[],
    declared: Declared | undefined,
  ): FieldName[] =>
    shown.map((field) => {
      const known = declared?.find(({ name }) => name === field.name);
      return {
        name: field.name,
        title: known?.title[language] ?? (field.title || field.name),
        type: known ? TYPES[known.valueType] : typeNamed(field.type),
        unit: known?.unit ?? field.unit,
        values: known?.values,
        encrypted: field.encrypted,
      };
    });
  const entityType = (name: string) => model?.entityTypes.find((each) => each.name === name);
  const detailType = (name: string) => model?.detailTypes.find((each) => each.name === name);
  const relationType = (name: string) => model?.relationTypes.find((each) => each.name === name);
  return {
    attributes: fieldNames(eql.attributes, model?.attributes),
    entities: eql.entities.map(({ name, title, attributes }) => ({
      name,
      title: entityType(name)?.title[language] ?? title,
      fields: fieldNames(attributes, entityType(name)?.fields),
    })),
    details: eql.details.map(({ name, title, owner, attributes }) => ({
      name,
      title: detailType(name)?.title[language] ?? title,
      owner,
      references: detailType(name)?.references ?? [],
      fields: fieldNames(attributes, detailType(name)?.fields),
    })),
    relations: eql.relations.map(({ name, title, from, to }) => {
      const known = relationType(name);
      return {
        name,
        title: known?.title[language] ?? title,
        reverseTitle: known?.reverseTitle?.[language] ?? known?.title[language] ?? title,
        from,
        to,
        single: known ? known.cardinality.endsWith('to_one') : true,
      };
    }),
    events: eql.events.map(({ name, title, properties }) => ({
      name,
      title: name.startsWith('$')
        ? wordFor(text.words.event, name)
        : title || wordFor(text.words.event, name),
      properties: properties.map((property) => ({
        name: property.name,
        title: property.title || wordFor(text.words.property, property.name),
        type: typeNamed(property.type),
      })),
    })),
    segments: eql.segments.map(({ segmentId, name }) => ({ id: segmentId, title: name })),
    tags: eql.tags.map(({ tagId, name, type }) => ({ id: tagId, title: name, type: typeNamed(type) })),
    purposes: purposesOf(model, text, language),
  };
}

function purposesOf(
  model: Catalogue | undefined,
  text: Text,
  language: Language,
): ExpressionNames['purposes'] {
  const declared = (model?.purposes ?? []).map(({ purpose, title }) => ({
    id: purpose,
    title: title[language],
  }));
  if (declared.length > 0) return [...new Map(declared.map((each) => [each.id, each])).values()];
  return Object.entries(text.words.purpose).map(([id, title]) => ({ id, title }));
}

/** The server calls nested data `json`. */
const typeNamed = (type: string): EqlValueType => (type === 'json' ? 'nested' : (type as EqlValueType));

/** Everything an expression may name, in the reader's language; empty until it has been read. */
export function useExpressionNames(): { names: ExpressionNames; error: unknown; isLoading: boolean } {
  const { text, language } = useReader();
  const model = useCatalogue();
  const { data, error, isLoading } = useRead(audienceApi.readCatalogue, undefined, {
    refetchIntervalMs: 60_000,
  });
  const names = useMemo(
    () => (data ? namesOf(data, model, text, language) : noNames),
    [data, model, text, language],
  );
  return { names, error, isLoading };
}
