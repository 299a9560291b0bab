import { createDraw, type Draw } from './draw.ts';
import { makePerson, type BankPerson } from './people.ts';

/** The bank as the lab knows it: made anew from the seed whenever it is needed. */
export interface Bank {
  readonly people: number;
  readonly startMs: number;
  readonly draw: Draw;
  person(index: number): BankPerson;
}

const SEED = 20_260_101;

/** 梧桐示范银行 with this many people, as it stood at `startMs`. */
export function createBank(people: number, startMs: number): Bank {
  const draw = createDraw(SEED);
  return { people, startMs, draw, person: (index) => makePerson(draw, index, people, startMs) };
}
