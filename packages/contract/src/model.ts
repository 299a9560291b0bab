import { z } from 'zod';

/** Types of attribute values. `date` is a calendar day without zone (`YYYY-MM-DD`), `datetime` an instant. */
export const valueTypes = ['string', 'number', 'boolean', 'date', 'datetime', 'string[]'] as const;
export const valueTypeSchema = z.enum(valueTypes);
export type ValueType = z.output<typeof valueTypeSchema>;

/**
 * How personal a value is (classes after JR/T 0171-2020: C1 is `none`, C2 is the other two, C3 is never taken in).
 * `sensitive` is stored as it is, because it must be compared (a balance, a birth date), and masked wherever it is
 * shown. `identifying` (a name, an address) is encrypted at rest; queries see its keyed fingerprint only, so that
 * equality is all that can be asked of it.
 */
export const piiClasses = ['none', 'sensitive', 'identifying'] as const;
export const piiClassSchema = z.enum(piiClasses);
export type PiiClass = z.output<typeof piiClassSchema>;

/** How a personal value is shown without the permission to open it. */
export const maskKinds = ['name', 'mobile', 'card', 'id_number', 'email', 'all'] as const;
export const maskKindSchema = z.enum(maskKinds);
export type MaskKind = z.output<typeof maskKindSchema>;

export const titleSchema = z.object({ en: z.string().min(1).max(200), zh: z.string().min(1).max(200) });
export type Title = z.output<typeof titleSchema>;

/** Names of attributes and fields: letters of any script, digits, `_`, `$`; Sensors' and Segment's names fit. */
export const fieldNameSchema = z.string().regex(/^(?!__proto__$)[\p{L}_$][\p{L}\p{N}_$]{0,99}$/u);
/** Names of types become parts of table names. */
export const typeNameSchema = z.string().regex(/^[a-z][a-z0-9_]{0,47}$/);

/** One attribute of a person, entity or relation, or one field of a detail. */
export const fieldSchema = z.object({
  name: fieldNameSchema,
  title: titleSchema,
  valueType: valueTypeSchema,
  unit: z.string().max(20).optional().describe('e.g. cny, percent, day'),
  pii: piiClassSchema.default('none'),
  mask: maskKindSchema.optional().describe('default `all` for a personal value'),
  values: z
    .array(z.string())
    .max(1_000)
    .optional()
    .describe('the allowed values, when they are few and known'),
  precedence: z
    .array(z.string())
    .max(50)
    .optional()
    .describe(
      'person attributes: source ids, the most trusted first; sources not named share the last place',
    ),
  learnt: z.boolean().default(false).describe('declared by the first value that arrived, not by a person'),
});
export type Field = z.output<typeof fieldSchema>;
export type FieldInput = z.input<typeof fieldSchema>;

export const entityTypeSchema = z.object({
  name: typeNameSchema,
  title: titleSchema,
  fields: z.array(fieldSchema).max(500),
  titleField: fieldNameSchema.optional().describe('the field shown as the name of an entity'),
});
export type EntityType = z.output<typeof entityTypeSchema>;
export type EntityTypeInput = z.input<typeof entityTypeSchema>;

/** `person` or the name of an entity type. */
export const endTypeSchema = typeNameSchema;
export const cardinalities = ['one_to_one', 'one_to_many', 'many_to_one', 'many_to_many'] as const;

export const relationTypeSchema = z.object({
  name: typeNameSchema,
  title: titleSchema,
  reverseTitle: titleSchema.optional().describe('how the relation reads from its far end'),
  from: endTypeSchema,
  to: endTypeSchema,
  cardinality: z.enum(cardinalities).default('many_to_many'),
  fields: z.array(fieldSchema).max(100).default([]),
});
export type RelationType = z.output<typeof relationTypeSchema>;
export type RelationTypeInput = z.input<typeof relationTypeSchema>;

/** A field of a detail that holds the id of an entity: the path `holding.product.kind` in EQL. */
export const referenceSchema = z.object({ field: fieldNameSchema, entityType: typeNameSchema });

export const detailTypeSchema = z.object({
  name: typeNameSchema,
  title: titleSchema,
  owner: endTypeSchema.default('person'),
  fields: z.array(fieldSchema).max(500),
  references: z.array(referenceSchema).max(50).default([]),
});
export type DetailType = z.output<typeof detailTypeSchema>;
export type DetailTypeInput = z.input<typeof detailTypeSchema>;

/** A purpose of use that people consent to; a changed purpose is a new version, and needs new consent. */
export const purposeDeclarationSchema = z.object({
  purpose: typeNameSchema,
  version: z.number().int().min(1),
  title: titleSchema,
});
export type PurposeDeclaration = z.output<typeof purposeDeclarationSchema>;

/** A field as the compiler needs it: with the ClickHouse column that holds it. */
export const catalogueFieldSchema = fieldSchema.extend({
  column: z.string().describe('quoted ClickHouse column of the table'),
});
export type CatalogueField = z.output<typeof catalogueFieldSchema>;

/** Everything about people and entities that EQL may name. */
export const catalogueSchema = z.object({
  version: z.number().int().describe('grows with every change of a declaration'),
  attributes: z.array(catalogueFieldSchema),
  entityTypes: z.array(entityTypeSchema.extend({ fields: z.array(catalogueFieldSchema), table: z.string() })),
  relationTypes: z.array(relationTypeSchema.extend({ fields: z.array(catalogueFieldSchema) })),
  detailTypes: z.array(
    detailTypeSchema.extend({
      fields: z.array(catalogueFieldSchema),
      table: z.string(),
      historyTable: z.string(),
    }),
  ),
  purposes: z.array(purposeDeclarationSchema),
});
export type Catalogue = z.output<typeof catalogueSchema>;
