import { frame, login, state } from './zh/frame.ts';
import { words } from './zh/words.ts';

/** The Chinese of the console: the first language, and the one that decides which strings there are. */
export const zh = { frame, login, state, words };
