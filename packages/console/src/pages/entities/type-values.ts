/** An entity, relation or detail type as the form holds it. */
import type { Catalogue, RelationType } from '@wutong/contract';

export type TypeKind = 'entityTypes' | 'relationTypes' | 'detailTypes';
export type DeclaredType = Catalogue[TypeKind][number];

export interface TypeValues {
  name: string;
  titleZh: string;
  titleEn: string;
  titleField?: string;
  from: string;
  to: string;
  cardinality: RelationType['cardinality'];
  reverseZh?: string;
  reverseEn?: string;
  owner: string;
  /** Entity type by the field that holds its ids. */
  references?: Record<string, string | undefined>;
}

export function typeValuesOf(type: DeclaredType | undefined): TypeValues {
  const values: TypeValues = {
    name: type?.name ?? '',
    titleZh: type?.title.zh ?? '',
    titleEn: type?.title.en ?? '',
    from: 'person',
    to: '',
    cardinality: 'many_to_many',
    owner: 'person',
  };
  if (!type) return values;
  if ('from' in type) {
    const { from, to, cardinality, reverseTitle } = type;
    return { ...values, from, to, cardinality, reverseZh: reverseTitle?.zh, reverseEn: reverseTitle?.en };
  }
  if ('owner' in type) {
    const references = Object.fromEntries(
      type.references.map(({ field, entityType }) => [field, entityType]),
    );
    return { ...values, owner: type.owner, references };
  }
  return { ...values, titleField: type.titleField };
}
