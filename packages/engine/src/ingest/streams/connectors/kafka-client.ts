import { isIP } from 'node:net';
import type { BaseOptions, Consumer } from '@platformatic/kafka';
import type { KafkaConnection, KafkaSecrets } from '@wutong/contract';

/** Options of every Kafka client of ours: where, encrypted how, as whom. */
export function kafkaClientOptions(connection: KafkaConnection, secrets: KafkaSecrets): BaseOptions {
  const { brokers, tls, sasl } = connection;
  return {
    clientId: 'wutong',
    bootstrapBrokers: brokers,
    connectTimeout: 5_000,
    timeout: 10_000,
    retries: 3,
    retryDelay: 300,
    ...(tls
      ? {
          tls: {
            ...(tls.certificateAuthority ? { ca: tls.certificateAuthority } : {}),
            ...(tls.clientCertificate ? { cert: tls.clientCertificate } : {}),
            ...(secrets.clientKey ? { key: secrets.clientKey } : {}),
          },
          ...serverNameOf(connection),
        }
      : {}),
    ...(sasl
      ? {
          sasl: {
            mechanism: sasl.mechanism,
            username: sasl.username,
            password: secrets.saslPassword ?? '',
          },
        }
      : {}),
  };
}

/** The host goes along as the server's name (SNI), unless it is an address, which RFC 6066 forbids there. */
function serverNameOf({ brokers, tls }: KafkaConnection): Pick<BaseOptions, 'tlsServerName'> {
  if (tls?.serverName) return { tlsServerName: tls.serverName };
  const hosts = brokers.map((broker) => broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
  return hosts.some((host) => isIP(host) !== 0) ? {} : { tlsServerName: true };
}

/** Leaves the group and closes all connections. Never throws; a broker that is gone is not waited for long. */
export async function closeConsumer(consumer: Consumer): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_LIMIT_MS);
    consumer.close(true, () => resolve());
  });
  clearTimeout(timer);
}

const CLOSE_LIMIT_MS = 5_000;

/** What went wrong, in one sentence: the client wraps the cause in several layers. */
export function kafkaErrorText(error: unknown): string {
  const causes = innermost(error, 0);
  return [...new Set(causes)].join('; ').slice(0, 500) || 'unknown error';
}

function innermost(error: unknown, depth: number): string[] {
  if (!(error instanceof Error) || depth > 8) return [String(error)];
  const { errors, cause } = error as { errors?: unknown[]; cause?: unknown };
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.slice(0, 3).flatMap((each) => innermost(each, depth + 1));
  }
  return cause instanceof Error ? innermost(cause, depth + 1) : [error.message];
}
