import type { StreamSettings } from '@wutong/contract';
import type { StreamConnector } from './stream-connector.ts';

/** All kinds of streams; a new one is a file, a line here and its settings in the contract. */
export const streamConnectors: Readonly<Record<StreamSettings['kind'], StreamConnector>> = {
  kafka: whenNeeded(async () => (await import('./kafka.ts')).kafkaConnector),
};

/** Loads a connector with its client at its first use: most installations start without. */
function whenNeeded(load: () => Promise<StreamConnector>): StreamConnector {
  return {
    open: async (needs) => (await load()).open(needs),
    look: async (settings, secrets) => (await load()).look(settings, secrets),
    sample: async (settings, secrets, limit) => (await load()).sample(settings, secrets, limit),
  };
}
