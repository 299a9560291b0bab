import { z } from 'zod';
import {
  detailTypeSchema,
  entityTypeSchema,
  fieldNameSchema,
  fieldSchema,
  purposeDeclarationSchema,
  relationTypeSchema,
  titleSchema,
  typeNameSchema,
} from './model.ts';
import { DATE_PATTERN } from './written-values.ts';

/**
 * The mapping file of an import: what is in which file, and what each row says about whom.
 * Examples: `examples/mappings/`.
 */

/**
 * One step of a transformation; steps run in order on the text of a column. A step that does not fit the value
 * rejects the row with a reason; a value that is missing skips the steps.
 */
export const transformStepSchema = z.union([
  z.strictObject({
    date: z
      .string()
      .regex(DATE_PATTERN)
      .describe(
        'pattern of YYYY or YY, MM, DD, hh, mm, ss and separators (M, D, h: one or two digits); gives a date, or with hours an instant',
      ),
    century: z.number().int().default(1900).describe('added to YY'),
    monthOffset: z
      .number()
      .int()
      .min(13)
      .max(87)
      .optional()
      .describe('months above it are that much too large'),
  }),
  z.strictObject({ slice: z.tuple([z.number().int(), z.number().int()]).describe('characters from, until') }),
  z.strictObject({ atLeast: z.number().describe('true when the number is at least this') }),
  z.strictObject({
    map: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    otherwise: z
      .enum(['keep', 'missing', 'reject'])
      .default('reject')
      .describe('what becomes of a value that is not in the map'),
  }),
  z
    .strictObject({ excelDate: z.literal(true) })
    .describe('a day as Excel counts them; with a fraction an instant'),
  z
    .strictObject({ number: z.literal(true), scale: z.number().default(1).describe('multiplied by') })
    .describe('also 1,234.50, (5.00) below nought, ¥1,234, 12% (0.12), full-width digits'),
  z.strictObject({
    boolean: z.literal(true),
    yes: z.array(z.string()).default(['yes', 'y', 'true', '1', '是']),
  }),
  z.strictObject({ missing: z.array(z.string()).describe('texts that mean that there is no value') }),
  z.strictObject({ split: z.string().min(1).describe('makes a list of texts') }),
  z.strictObject({ case: z.enum(['lower', 'upper']) }),
  z.strictObject({ prefix: z.string() }),
]);
export type TransformStep = z.output<typeof transformStepSchema>;

const steps = z.array(transformStepSchema).max(10).default([]);

/** Where a value comes from: a column (the short form is its name), a constant, a template, or another file. */
export const columnExpressionSchema = z.union([
  z.string().min(1).describe('a column'),
  z.strictObject({ column: z.string().min(1), steps }),
  z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean()]) }),
  z.strictObject({
    template: z
      .string()
      .describe('text with {column} in it, or {#} for the row number; missing when one of them is'),
    steps,
  }),
  z.strictObject({
    lookup: z.string().describe('a lookup of the file'),
    by: z.string().describe('column of this file that is looked up'),
    column: z.string().describe('column of the looked-up row'),
    steps,
  }),
]);
export type ColumnExpression = z.output<typeof columnExpressionSchema>;

/** Only rows of which this holds give the record. */
export const rowConditionSchema = z.union([
  z.strictObject({ column: z.string(), in: z.array(z.string()).min(1) }),
  z.strictObject({ column: z.string(), notIn: z.array(z.string()).min(1) }),
  z.strictObject({ column: z.string(), present: z.boolean() }),
]);
export type RowCondition = z.output<typeof rowConditionSchema>;

export const keyExpressionSchema = z.strictObject({ type: z.string(), value: columnExpressionSchema });
const keys = z.array(keyExpressionSchema).min(1).max(20);
const endSchema = z.union([
  z.strictObject({ person: keys.describe('keys of a person') }),
  z.strictObject({ entity: typeNameSchema, id: columnExpressionSchema }),
]);
export type EndExpression = z.output<typeof endSchema>;

const fields = z.record(fieldNameSchema, columnExpressionSchema).default({});
const common = { when: z.array(rowConditionSchema).max(10).optional().describe('all must hold') };
const at = columnExpressionSchema.optional().describe('when this was so; default: `asOf` of the mapping');

export const recordMappingSchema = z.discriminatedUnion('record', [
  z.strictObject({
    record: z.literal('person'),
    ...common,
    keys,
    link: z.enum(['bind', 'none']).default('bind').describe('whether the keys of a row are one person'),
    action: z.enum(['set', 'set_once', 'append']).default('set'),
    attributes: fields,
    at,
  }),
  z.strictObject({
    record: z.literal('entity'),
    ...common,
    type: typeNameSchema,
    id: columnExpressionSchema,
    fields,
    at,
  }),
  z.strictObject({
    record: z.literal('relation'),
    ...common,
    type: typeNameSchema,
    from: endSchema,
    to: endSchema,
    fields,
    validFrom: columnExpressionSchema.optional(),
    validTo: columnExpressionSchema.optional(),
    at,
  }),
  z.strictObject({
    record: z.literal('detail'),
    ...common,
    type: typeNameSchema,
    id: columnExpressionSchema,
    owner: endSchema,
    time: columnExpressionSchema.optional().describe('when the business fact happened; default: `at`'),
    fields,
    at,
  }),
  z.strictObject({
    record: z.literal('event'),
    ...common,
    event: columnExpressionSchema,
    keys,
    time: columnExpressionSchema,
    properties: z.record(z.string(), columnExpressionSchema).default({}),
    messageId: columnExpressionSchema.optional().describe('default: made of file and row'),
  }),
  z.strictObject({
    record: z.literal('consent'),
    ...common,
    keys,
    purpose: columnExpressionSchema,
    channel: columnExpressionSchema.default({ constant: '*' }),
    granted: columnExpressionSchema,
    proof: z.record(z.string(), columnExpressionSchema).default({}),
    at,
  }),
]);
export type RecordMapping = z.output<typeof recordMappingSchema>;

export const fileMappingSchema = z.strictObject({
  file: z.string().min(1).describe('path below the data directory; gzip is recognised by its content'),
  format: z.enum(['csv', 'ndjson', 'xlsx', 'parquet']).default('csv'),
  sheet: z.string().max(255).optional().describe('xlsx: name of the sheet; default: the first'),
  encoding: z.enum(['utf-8', 'gb18030', 'gbk', 'windows-1250', 'latin1']).default('utf-8'),
  delimiter: z.string().length(1).default(','),
  header: z.array(z.string()).optional().describe('names of the columns when the file has no header row'),
  titleRows: z
    .number()
    .int()
    .min(0)
    .max(20)
    .optional()
    .describe('csv, xlsx: rows above the header that are no data, such as a title; empty ones do not count'),
  missing: z.array(z.string()).default(['']).describe('texts that mean that there is no value'),
  lookups: z
    .record(
      z.string(),
      z.strictObject({
        file: z.string(),
        key: z.string(),
        columns: z.array(z.string()).min(1).max(20),
        when: z.array(rowConditionSchema).max(10).optional().describe('only these rows'),
      }),
    )
    .default({})
    .describe('other files of the directory, held in memory, at most 2,000,000 rows each'),
  records: z.array(recordMappingSchema).min(1).max(50),
});
export type FileMapping = z.output<typeof fileMappingSchema>;

export const mappingSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  title: titleSchema,
  sourceId: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
    .describe('the source that lineage names'),
  timeZone: z.string().optional().describe("zone of the files' times; default: the bank's"),
  asOf: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('when the files were true; default: the start of the run'),
  declare: z
    .strictObject({
      attributes: z.array(fieldSchema).default([]),
      entityTypes: z.array(entityTypeSchema).default([]),
      relationTypes: z.array(relationTypeSchema).default([]),
      detailTypes: z.array(detailTypeSchema).default([]),
      purposes: z.array(purposeDeclarationSchema).default([]),
    })
    .default({ attributes: [], entityTypes: [], relationTypes: [], detailTypes: [], purposes: [] }),
  files: z.array(fileMappingSchema).min(1).max(100),
});
/** A mapping with its defaults filled in. */
export type Mapping = z.output<typeof mappingSchema>;
/** A mapping as written. */
export type MappingInput = z.input<typeof mappingSchema>;
