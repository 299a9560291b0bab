import { frame, login, state } from './en/frame.ts';
import type { Text } from './text.ts';
import { words } from './en/words.ts';

/** The English of the console; its type is the Chinese one, so a missing string does not compile. */
export const en: Text = { frame, login, state, words };
