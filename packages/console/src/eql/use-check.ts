import { useEffect, useMemo, useState } from 'react';
import { audienceApi, formatEql, type EqlDocument, type EqlProblem, type ResponseOf } from '@wutong/contract';
import type { ProblemError } from '../api/problem-error.ts';
import { useRead } from '../api/use-endpoint.ts';
import { completedRule } from './rule/completed.ts';
import { noEffects, noProblems, type ConditionEffect } from './rule-context.ts';
import type { Written } from './rule/draft.ts';

/** How long the writer must pause before the expression is checked and counted. */
const PAUSE_MS = 350;

/** A value once it has stopped changing. */
export function usePaused<Value>(value: Value, pauseMs = PAUSE_MS): Value {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return paused;
}

/** Which face was written: its problems are told by place in the text, or by place in the rule. */
export type Face = 'rules' | 'text';

/** An expression as a request names it. */
export type AskedExpression = { text: string } | { document: EqlDocument };

interface Asked {
  body: AskedExpression;
  placeOf: ReadonlyMap<string, string>;
  leftOut: number;
}

function askedOf({ text, document }: Written, face: Face): Asked {
  if (!document) return { body: { text }, placeOf: new Map(), leftOut: 0 };
  const { document: completed, placeOf, leftOut } = completedRule(document);
  // The text is sent as it stands, so that problems are told where they are in it.
  const body =
    face === 'text' ? { text: text.trim() === '' ? formatEql(document) : text } : { document: completed };
  return { body, placeOf, leftOut: face === 'text' ? 0 : leftOut };
}

export interface Check {
  /** By place in the text. */
  problems: readonly EqlProblem[];
  /** By place in the rule. */
  problemsByPlace: ReadonlyMap<string, EqlProblem>;
  valid: boolean;
  busy: boolean;
  /** Conditions that are still to be filled in and are not counted. */
  leftOut: number;
  /** What was checked and counted. */
  asked: AskedExpression;
  valueType: string | undefined;
  count: ResponseOf<typeof audienceApi.countEql> | undefined;
  countError: ProblemError | null;
  effects: ReadonlyMap<string, ConditionEffect>;
}

const NO_PROBLEMS: readonly EqlProblem[] = [];

/**
 * Checks an expression while it is written; counts it, and what each of its conditions does, once it is right.
 * A question that is no longer asked is cancelled.
 */
export function useCheck(written: Written, face: Face, options: { counts?: boolean } = {}): Check {
  const paused = usePaused(written);
  const asked = useMemo(() => askedOf(paused, face), [paused, face]);
  const readable =
    paused.document !== undefined && (paused.document.kind === 'population' || asked.leftOut === 0);
  const checked = useRead(
    audienceApi.checkEql,
    { body: asked.body },
    { enabled: readable, keepPrevious: true },
  );
  const settled = checked.isPlaceholderData ? undefined : checked.data;
  const valid = readable && settled?.valid === true;
  const counts = valid && (options.counts ?? true) && paused.document?.kind === 'population';
  const counted = useRead(
    audienceApi.countEql,
    { body: asked.body },
    { enabled: counts, keepPrevious: true },
  );
  const told = useRead(
    audienceApi.effectsOfEql,
    { body: asked.body },
    { enabled: counts, keepPrevious: true },
  );
  const { effects, problemsByPlace } = usePlaces(
    asked,
    face,
    settled?.problems,
    counts ? told.data : undefined,
  );
  const current = written === paused;
  return {
    problems: current
      ? paused.problem
        ? [paused.problem]
        : (settled?.problems ?? NO_PROBLEMS)
      : NO_PROBLEMS,
    problemsByPlace,
    valid,
    busy: !current || checked.isFetching,
    leftOut: asked.leftOut,
    asked: asked.body,
    valueType: settled?.valueType,
    count: counts ? counted.data : undefined,
    countError: counts ? counted.error : null,
    effects,
  };
}

type Effects = ResponseOf<typeof audienceApi.effectsOfEql>;

function usePlaces(
  asked: Asked,
  face: Face,
  problems: readonly EqlProblem[] | undefined,
  told: Effects | undefined,
) {
  return useMemo(() => {
    const placed = (path: string): string => (face === 'rules' ? (asked.placeOf.get(path) ?? path) : path);
    const effects = told
      ? new Map(
          told.conditions.map(({ path, ...effect }) => [placed(path), effect satisfies ConditionEffect]),
        )
      : noEffects;
    const problemsByPlace = problems?.length
      ? new Map(problems.map((problem) => [placed(conditionPlace(problem.path ?? '')), problem]))
      : noProblems;
    return { effects, problemsByPlace };
  }, [asked, face, problems, told]);
}

/** The place of the outermost condition that a place lies in: what stands inside a source is told at its row. */
function conditionPlace(path: string): string {
  return /^where(?:\.items\[\d+\]|\.item)*/.exec(path)?.[0] ?? path;
}
