import { insightApi, type OperatorAlerts } from '@wutong/contract';
import type { HttpServer, Platform } from '../../platform/index.ts';
import { deleteOldOperatorNotices, insertNotices, selectOperatorNotices } from '../alerts/notice-store.ts';
import type { InsightNeeds } from '../needs.ts';
import { composeOperatorNotices } from './compose-operator-notice.ts';
import { operatorSecret, readOperatorSettings, writeOperatorSettings } from './operator-settings.ts';
import { forgetTold, lockTold } from './told-trouble-store.ts';

const MOST_TROUBLES = 100;
const MOST_NOTICES = 20;

/** Who is told when computing goes wrong. */
export function routeOperators(
  server: HttpServer,
  platform: Platform,
  { audience }: Pick<InsightNeeds, 'audience'>,
): void {
  const { database, clock, secrets, audit } = platform;
  const read = async (): Promise<OperatorAlerts> => {
    const troubles = await audience.troubles(database, clock.now());
    return {
      ...(await readOperatorSettings(platform)),
      troubles: troubles.slice(0, MOST_TROUBLES),
      troubleCount: troubles.length,
      notices: await selectOperatorNotices(database, MOST_NOTICES),
    };
  };
  server.handle(insightApi.readOperatorAlerts, read);
  server.handle(insightApi.saveOperatorAlerts, async ({ body, user }) => {
    await database.transaction(async (transaction) => {
      await lockTold(transaction);
      await writeOperatorSettings(transaction, platform, body);
      await forgetTold(transaction);
      await audit.record(transaction, {
        actor: user.name,
        action: 'operator_alerts.save',
        object: 'operator_alerts',
        detail: { notify: body.notify.length, language: body.language },
      });
    });
    return read();
  });
  server.handle(insightApi.testOperatorAlerts, async () => {
    const notices = composeOperatorNotices(platform, await readOperatorSettings(platform), undefined);
    await database.transaction(async (transaction) => {
      await deleteOldOperatorNotices(transaction, clock.now());
      await insertNotices(transaction, secrets, notices);
    });
    return { notices: notices.length };
  });
  server.handle(insightApi.readOperatorSecret, async ({ body, user }) => ({
    secret: await database.transaction(async (transaction) => {
      await audit.record(transaction, {
        actor: user.name,
        action: 'operator_alerts.read_secret',
        object: 'operator_alerts',
        detail: { renew: body.renew },
      });
      return operatorSecret(transaction, platform, { renew: body.renew });
    }),
  }));
}
