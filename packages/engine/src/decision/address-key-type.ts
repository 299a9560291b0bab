import type { Channel } from './front-door.ts';

/** Which key of a person is the address of a channel; undefined where a message needs none. */
export const ADDRESS_KEY_TYPES: Readonly<Record<Channel, string | undefined>> = {
  sms: 'mobile',
  email: 'email',
  push: 'device',
  in_app: undefined,
  task: undefined,
  webhook: undefined,
};
