import type { hubApi } from '@wutong/contract';
import type { z } from 'zod';
import type { Log } from '../../platform/index.ts';
import type { Adapter, Hearing, SupplierSettings } from './adapter.ts';
import { createFcmAdapter, fcmSettingsSchema } from './fcm/index.ts';
import { createSmppAdapter, smppSettingsSchema } from './smpp/index.ts';
import { createSmtpAdapter, smtpSettingsSchema } from './smtp/index.ts';
import { createWebhookAdapter, webhookSettingsSchema } from './webhook/index.ts';

interface Kind {
  readonly settings: z.ZodType;
  create(supplier: SupplierSettings, hearing: Hearing, log: Log): Adapter;
}

/** How each kind of outside supplier is spoken to. A new kind is one folder and one line here. */
export const OUTSIDE_KINDS: Readonly<Partial<Record<hubApi.SupplierKind, Kind>>> = {
  smpp: { settings: smppSettingsSchema, create: createSmppAdapter },
  smtp: { settings: smtpSettingsSchema, create: createSmtpAdapter },
  fcm: { settings: fcmSettingsSchema, create: createFcmAdapter },
  webhook: { settings: webhookSettingsSchema, create: createWebhookAdapter },
};
