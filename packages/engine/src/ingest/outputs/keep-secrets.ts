import type { KafkaSecrets, OutputDestination } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import type { OutputSecrets } from './destinations/output-destination.ts';

/**
 * Secrets that are not given stay. The password and key of Kafka do so as long as they go to the same brokers as the
 * same user; the signing secret is ours and goes nowhere. @throws CodedError output_settings_invalid
 */
export function keptSecrets(
  former: OutputDestination,
  kept: OutputSecrets,
  destination: OutputDestination,
  given: KafkaSecrets,
): OutputSecrets {
  const target = (each: OutputDestination): string =>
    each.kind === 'kafka'
      ? JSON.stringify([[...each.brokers].sort(), each.sasl?.username, each.tls === undefined])
      : each.kind;
  const missing = (['saslPassword', 'clientKey'] as const).filter(
    (name) => kept[name] !== undefined && given[name] === undefined,
  );
  if (missing.length === 0 || target(former) === target(destination)) return { ...kept, ...given };
  throw new CodedError('output_settings_invalid', {
    details: { secrets: 'brokers, user or encryption changed: give the secrets again', missing },
  });
}
