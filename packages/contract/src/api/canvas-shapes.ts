import { z } from 'zod';

export const strategyIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .describe('short name chosen by its maker, e.g. renewal');
export const strategyParams = z.object({ strategyId: strategyIdSchema });
export const versionParams = strategyParams.extend({
  version: z.coerce.number().int().min(1).max(2_147_483_647),
});
export const page = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};
