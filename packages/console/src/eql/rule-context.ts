import { createContext, useContext } from 'react';
import type { EqlProblem } from '@wutong/contract';
import { noNames, type ExpressionNames } from './rule/names.ts';

/** What one condition does to the number of people, as the server counts it. */
export interface ConditionEffect {
  /** People for whom it is true by itself. */
  count: number;
  /** People the rule would describe in addition without it; negative in a group of alternatives. */
  removes: number;
  /** People left when the rule is read up to it. */
  remaining: number;
}

export interface RuleContext {
  names: ExpressionNames;
  /** By place in the document that is edited. */
  effects: ReadonlyMap<string, ConditionEffect>;
  /** The largest removal, which the bars are a share of. */
  largestRemoval: number;
  problems: ReadonlyMap<string, EqlProblem>;
}

export const noEffects: ReadonlyMap<string, ConditionEffect> = new Map();
export const noProblems: ReadonlyMap<string, EqlProblem> = new Map();

const Context = createContext<RuleContext>({
  names: noNames,
  effects: noEffects,
  largestRemoval: 0,
  problems: noProblems,
});

export const RuleContextProvider = Context.Provider;

/** Names, effects and problems around the condition that is edited. */
export const useRule = (): RuleContext => useContext(Context);
