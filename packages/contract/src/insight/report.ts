import { z } from 'zod';
import { fieldNameSchema, typeNameSchema } from '../model.ts';
import {
  analysedEventSchema,
  bucketUnitSchema,
  count,
  periodSchema,
  propertyPathSchema,
  scopeSchema,
} from './scope.ts';

/** What is counted: people as they are now, events of a period, or details (e.g. holdings) in their present state. */
export const reportSubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('people') }),
  z.object({ kind: z.literal('events'), event: analysedEventSchema }),
  z.object({ kind: z.literal('details'), detail: typeNameSchema }),
]);
export type ReportSubject = z.output<typeof reportSubjectSchema>;

const title = z.string().min(1).max(100).optional();
/** `count`: rows of the subject; `people`: distinct. The others over a number: attribute, property or field. */
export const reportMeasureSchema = z.union([
  z.object({ kind: z.enum(['count', 'people']), title }),
  z.object({ kind: z.enum(['sum', 'avg', 'min', 'max']), field: propertyPathSchema, title }),
]);
export type ReportMeasure = z.output<typeof reportMeasureSchema>;

/** What rows are told apart by. Values are texts; '' is none. */
export const reportDimensionSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('institution'),
      attribute: fieldNameSchema.default('institution_id').describe('attribute of people that holds the id'),
      entityType: typeNameSchema.default('institution'),
      relation: typeNameSchema.default('part_of').describe('from the part to the whole'),
      under: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('drill down: only parts of this one; absent: the tops'),
      levels: z.number().int().min(1).max(20).default(1).describe('how far below `under` rows go'),
    })
    .describe('the tree of institutions: each row holds everybody at and below an institution'),
  z.object({
    kind: z.literal('relation'),
    relation: typeNameSchema.describe(
      'from people to an entity, e.g. managed_by; the newest valid one counts',
    ),
  }),
  z.object({
    kind: z.literal('attribute'),
    attribute: fieldNameSchema,
    entityType: typeNameSchema.optional().describe('what the value is the id of: rows then have its name'),
  }),
  z.object({
    kind: z.literal('field'),
    field: propertyPathSchema.describe('property of the event, or field of the detail'),
    entityType: typeNameSchema
      .optional()
      .describe('what the value is the id of; known of a detail’s references'),
    entityField: fieldNameSchema
      .optional()
      .describe('group by this field of the entity: the kind of a product'),
  }),
  z
    .object({ kind: z.literal('tag'), tag: typeNameSchema })
    .describe('present value of a tag; several values of one person are one group'),
  z.object({ kind: z.literal('time'), unit: bucketUnitSchema.default('month') }),
]);
export type ReportDimension = z.output<typeof reportDimensionSchema>;

export const reportRequestSchema = scopeSchema.omit({ period: true }).extend({
  subject: reportSubjectSchema,
  period: periodSchema
    .optional()
    .describe('of events, where it must be given; of details by their time; people have none'),
  measures: z.array(reportMeasureSchema).min(1).max(20),
  dimensions: z.array(reportDimensionSchema).max(4).default([]),
  limit: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('rows; the largest by the first measure'),
});
export type ReportRequest = z.output<typeof reportRequestSchema>;

const values = z
  .array(z.number().nullable())
  .describe('one for each measure; null: nothing to measure, or hidden');
export const reportAnswerSchema = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  asOf: z.string(),
  tookMs: z.number(),
  sampled: z.object({ share: z.number(), error: z.number() }).optional(),
  measures: z.array(z.string()).describe('titles'),
  dimensions: z.array(z.string()).describe('titles'),
  path: z
    .array(z.object({ value: z.string(), title: z.string() }))
    .describe('institutions from the top to the one looked under: roll-up asks for one before the last'),
  rows: z.array(
    z.object({
      dimensions: z.array(
        z.object({
          value: z.string(),
          title: z.string(),
          hasParts: z.boolean().optional().describe('institution: it can be drilled into'),
        }),
      ),
      people: count,
      values,
      before: values.optional(),
      hidden: z.boolean().describe('too few people in a personal breakdown: numbers are null, people 0'),
    }),
  ),
  total: z.object({ people: count, values, before: values.optional() }),
  isComplete: z.boolean().describe('false: there are more rows than `limit`'),
});
export type ReportAnswer = z.output<typeof reportAnswerSchema>;

/** One row: the value of each dimension, as the answer has it. */
export const reportCellSchema = z.object({ values: z.array(z.string().max(1_000)).max(4) });
export type ReportCell = z.output<typeof reportCellSchema>;

/** A report that is kept under a name; its numbers are computed whenever it is opened. */
export const savedReportInputSchema = z.object({
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  shared: z.boolean().default(false).describe('everybody who may see reports; only its owner changes it'),
  report: reportRequestSchema,
});
export type SavedReportInput = z.output<typeof savedReportInputSchema>;
export const savedReportSchema = savedReportInputSchema.extend({
  reportId: z.string(),
  owner: z.string(),
  revision: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type SavedReport = z.output<typeof savedReportSchema>;

/** A saved report as a viewer sees it. */
export const shownReportSchema = savedReportSchema.extend({
  report: reportRequestSchema
    .optional()
    .describe('absent: it names a segment or tag that is not shared with the caller'),
});
export type ShownReport = z.output<typeof shownReportSchema>;
