import { z } from 'zod';

/** RFC 9457 problem document, with our registered code. */
export const problemSchema = z.object({
  type: z.string().describe('URI of the documentation of the code'),
  title: z.string(),
  status: z.number().int(),
  code: z.string().describe('registered error code'),
  detail: z.string().optional().describe('sentence in the language of the caller'),
  problems: z
    .array(z.looseObject({ path: z.string().default(''), message: z.string().default('') }))
    .optional()
    .describe(
      'each thing that is wrong: in the request by path and message, in an expression as EQL says it',
    ),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.output<typeof problemSchema>;
