/** Wutong in the browser: events, identity and in-app slots. No dependencies; about 2 KB compressed. */
export { createWutong, type Wutong, type WutongOptions } from './create-wutong.ts';
export type { SlotItem } from './read-slot.ts';
export type { IdentityKey } from './visitor.ts';
