import type { KafkaSecrets, StreamSettings } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';

/**
 * Secrets that are not given stay, as long as they go to the same brokers as the same user: otherwise whoever may
 * change a stream could have its password sent to brokers of their own. @throws CodedError stream_settings_invalid
 */
export function keptSecrets(
  former: StreamSettings,
  kept: KafkaSecrets,
  settings: StreamSettings,
  given: KafkaSecrets,
): KafkaSecrets {
  const target = ({ brokers, sasl, tls }: StreamSettings): string =>
    JSON.stringify([[...brokers].sort(), sasl?.username, tls === undefined]);
  const missing = Object.keys(kept).filter((name) => given[name as keyof KafkaSecrets] === undefined);
  if (missing.length === 0 || target(former) === target(settings)) return { ...kept, ...given };
  throw new CodedError('stream_settings_invalid', {
    details: { secrets: 'brokers, user or encryption changed: give the secrets again', missing },
  });
}
