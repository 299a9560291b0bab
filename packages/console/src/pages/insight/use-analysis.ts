/** Asks an analysis once and keeps the answer for a while: answers are of an instant, and say which. */
import { useCallback, useEffect, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { BodyInputOf, Endpoint, ResponseOf } from '@wutong/contract';
import { call, type CallInput } from '../../api/call.ts';
import type { ProblemError } from '../../api/problem-error.ts';

/** How long an answer is shown again without asking anew, in ms; a click asks at once. */
const FRESH_MS = 5 * 60_000;

export interface Asked<Answer> {
  answer: Answer | undefined;
  error: ProblemError | null;
  running: boolean;
  /** Seconds since the question was asked, while it runs. */
  seconds: number;
  run: () => void;
  cancel: () => void;
}

/** Runs a question; `cancel` also ends the request, so that the server may stop. */
export function useAnalysis<E extends Endpoint>(
  endpoint: E,
  body: BodyInputOf<E>,
  options: { refetchIntervalMs?: number } = {},
): Asked<ResponseOf<E>> {
  const client = useQueryClient();
  const queryKey = [endpoint.name, { body }];
  const query = useQuery<ResponseOf<E>, ProblemError>({
    queryKey,
    queryFn: ({ signal }) => call(endpoint, { body, signal } as unknown as CallInput<E>),
    staleTime: FRESH_MS,
    retry: false,
    refetchInterval: options.refetchIntervalMs ?? false,
  });
  const { refetch, isFetching } = query;
  const seconds = useSeconds(isFetching);
  const run = useCallback(() => void refetch(), [refetch]);
  return {
    answer: query.data,
    error: isFetching ? null : query.error,
    running: isFetching,
    seconds,
    run,
    cancel: () => void client.cancelQueries({ queryKey }),
  };
}

function useSeconds(running: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!running) return;
    setSeconds(0);
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return seconds;
}
