import type { OutputDestination } from '@wutong/contract';
import { filesDestination } from './files.ts';
import type { AddressPolicy } from './guard-address.ts';
import { kafkaDestination } from './kafka.ts';
import type { Destination } from './output-destination.ts';
import { webhookDestination } from './webhook.ts';

/** By kind. */
export type Destinations = Readonly<Record<OutputDestination['kind'], Destination>>;

/** All destinations; a new one is a file, a line here and its settings in the contract. */
export function createDestinations(needs: {
  directory: string;
  readPolicy: () => Promise<AddressPolicy>;
}): Destinations {
  return {
    files: filesDestination(needs.directory) as Destination,
    webhook: webhookDestination(needs.readPolicy) as Destination,
    kafka: kafkaDestination() as Destination,
  };
}
