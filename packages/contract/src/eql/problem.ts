import { z } from 'zod';

/** Where in the text a problem is; offsets in UTF-16 units from 0, line and column from 1. */
export const eqlPositionSchema = z.object({
  offset: z.number().int(),
  length: z.number().int(),
  line: z.number().int(),
  column: z.number().int(),
});
export type EqlPosition = z.output<typeof eqlPositionSchema>;

export const eqlProblemCodes = [
  'syntax',
  'too_large',
  'unknown_name',
  'unknown_event',
  'unknown_property',
  'unknown_relation',
  'unknown_segment',
  'unknown_tag',
  'unknown_parameter',
  'unknown_purpose',
  'unknown_channel',
  'ambiguous_relation',
  'type_mismatch',
  'unit_mismatch',
  'not_allowed_here',
  'bad_pattern',
  'bad_window',
  'bad_time_zone',
  'no_permission',
  'encrypted_attribute',
  'cycle',
  'too_expensive',
] as const;
export type EqlProblemCode = (typeof eqlProblemCodes)[number];

/** One thing wrong with an expression: where, why, and what was probably meant, in both languages. */
export const eqlProblemSchema = z.object({
  code: z.enum(eqlProblemCodes),
  en: z.string(),
  zh: z.string(),
  position: eqlPositionSchema.optional().describe('in the text, when the input was text'),
  path: z.string().optional().describe('JSON path in the document, when the input was a document'),
  suggestion: z.string().optional().describe('text to put there instead'),
});
export type EqlProblem = z.output<typeof eqlProblemSchema>;
