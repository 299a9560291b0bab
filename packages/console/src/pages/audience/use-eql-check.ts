import { useEffect, useState } from 'react';
import { audienceApi, type EqlProblem, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import type { ProblemError } from '../../api/problem-error.ts';

/** How long the writer must pause before the expression is checked and counted. */
const PAUSE_MS = 400;

function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

export interface EqlCheck {
  problems: readonly EqlProblem[];
  valid: boolean;
  busy: boolean;
  /** The text that was checked; people and counts are asked for this one. */
  checkedText: string;
  count: ResponseOf<typeof audienceApi.countEql> | undefined;
  countError: ProblemError | null;
}

const NO_PROBLEMS: readonly EqlProblem[] = [];

/** Checks an expression while it is being written, and counts it once it is right. */
export function useEqlCheck(text: string): EqlCheck {
  const paused = usePaused(text);
  const asked = paused.trim() !== '';
  const checked = useRead(audienceApi.checkEql, { body: { text: paused } }, { enabled: asked });
  const valid = asked && checked.data?.valid === true;
  const counted = useRead(
    audienceApi.countEql,
    { body: { text: paused, breakdown: true } },
    { enabled: valid, keepPrevious: true },
  );
  return {
    problems: text === paused ? (checked.data?.problems ?? NO_PROBLEMS) : NO_PROBLEMS,
    valid,
    busy: text !== paused || checked.isFetching,
    checkedText: paused,
    count: valid ? counted.data : undefined,
    countError: valid ? counted.error : null,
  };
}
