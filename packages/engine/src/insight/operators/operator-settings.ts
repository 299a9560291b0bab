import type { AlertTarget, OperatorAlertsInput } from '@wutong/contract';
import type { Platform, Transaction } from '../../platform/index.ts';
import { newSecret } from '../alerts/signing-secret.ts';

const SETTING = 'operator.alerts';

/** As stored: addresses are people's or hold keys, so that they and the secret are encrypted. */
interface StoredSettings {
  readonly notify: string;
  readonly secret: string;
  readonly language: OperatorAlertsInput['language'];
}

type SettingsPlatform = Pick<Platform, 'settings' | 'secrets'>;

/** Who is told when computing goes wrong; nobody until it is set. */
export async function readOperatorSettings({
  settings,
  secrets,
}: SettingsPlatform): Promise<OperatorAlertsInput> {
  const stored = await settings.get<StoredSettings>(SETTING);
  if (!stored) return { notify: [], language: 'zh' };
  return { notify: JSON.parse(secrets.decrypt(stored.notify)) as AlertTarget[], language: stored.language };
}

/** Writes who is told; the secret that signs webhooks to them is made with the first. */
export async function writeOperatorSettings(
  transaction: Transaction,
  { settings, secrets }: SettingsPlatform,
  { notify, language }: OperatorAlertsInput,
): Promise<void> {
  const stored = await settings.get<StoredSettings>(SETTING);
  await settings.set(transaction, SETTING, {
    notify: secrets.encrypt(JSON.stringify(notify)),
    secret: stored?.secret ?? secrets.encrypt(newSecret()),
    language,
  } satisfies StoredSettings);
}

/** The secret that signs webhooks to operators, opened; a new one when that is wanted. */
export async function operatorSecret(
  transaction: Transaction,
  platform: SettingsPlatform,
  { renew }: { renew: boolean } = { renew: false },
): Promise<string> {
  const { settings, secrets } = platform;
  const stored = await settings.get<StoredSettings>(SETTING);
  if (stored && !renew) return secrets.decrypt(stored.secret);
  const secret = newSecret();
  await settings.set(transaction, SETTING, {
    notify: stored?.notify ?? secrets.encrypt('[]'),
    language: stored?.language ?? 'zh',
    secret: secrets.encrypt(secret),
  } satisfies StoredSettings);
  return secret;
}
