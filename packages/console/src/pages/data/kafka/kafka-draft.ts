/** How to reach a Kafka cluster, as a form holds it. */
import type { KafkaConnection, KafkaSecrets } from '@wutong/contract';

export type Mechanism = NonNullable<KafkaConnection['sasl']>['mechanism'];

export interface KafkaDraft {
  /** One host:port a line. */
  brokers: string;
  isEncrypted: boolean;
  certificateAuthority: string;
  serverName: string;
  clientCertificate: string;
  clientKey: string;
  mechanism: Mechanism | '';
  username: string;
  password: string;
}

export const newKafkaDraft: KafkaDraft = {
  brokers: '',
  isEncrypted: false,
  certificateAuthority: '',
  serverName: '',
  clientCertificate: '',
  clientKey: '',
  mechanism: '',
  username: '',
  password: '',
};

export function kafkaDraftOf({ brokers, tls, sasl }: KafkaConnection): KafkaDraft {
  return {
    ...newKafkaDraft,
    brokers: brokers.join('\n'),
    isEncrypted: tls !== undefined,
    certificateAuthority: tls?.certificateAuthority ?? '',
    serverName: tls?.serverName ?? '',
    clientCertificate: tls?.clientCertificate ?? '',
    mechanism: sasl?.mechanism ?? '',
    username: sasl?.username ?? '',
  };
}

const BROKER = /^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):\d{1,5}$/;

export const brokersOf = (draft: KafkaDraft): string[] =>
  draft.brokers.split(/[\s,，、;；]+/).filter((each) => each !== '');

/** Whether all lines are brokers and there is one at least. */
export function areBrokers(draft: KafkaDraft): boolean {
  const brokers = brokersOf(draft);
  return brokers.length > 0 && brokers.every((each) => BROKER.test(each));
}

export const isKafkaComplete = (draft: KafkaDraft): boolean =>
  areBrokers(draft) && (draft.mechanism === '' || draft.username.trim() !== '');

export function connectionOf(draft: KafkaDraft): KafkaConnection {
  const said = (value: string): string | undefined => value.trim() || undefined;
  return {
    brokers: brokersOf(draft),
    ...(draft.isEncrypted
      ? {
          tls: {
            certificateAuthority: said(draft.certificateAuthority),
            serverName: said(draft.serverName),
            clientCertificate: said(draft.clientCertificate),
          },
        }
      : {}),
    ...(draft.mechanism ? { sasl: { mechanism: draft.mechanism, username: draft.username.trim() } } : {}),
  };
}

/** Secrets that were written into the form; the others stay as they are. */
export function kafkaSecretsOf(draft: KafkaDraft): KafkaSecrets {
  return {
    ...(draft.mechanism && draft.password ? { saslPassword: draft.password } : {}),
    ...(draft.isEncrypted && draft.clientKey.trim() ? { clientKey: draft.clientKey } : {}),
  };
}
