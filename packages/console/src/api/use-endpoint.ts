import type { Endpoint, ResponseOf } from '@wutong/contract';
import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { call, type CallInput } from './call.ts';
import type { ProblemError } from './problem-error.ts';

/** How often pages that show a running loop ask again, in milliseconds of real time. */
export const LIVE_MS = 2_000;
/** How often pages of definitions ask again. */
export const CALM_MS = 15_000;

export interface ReadOptions {
  /** Asks again this often; pages of the running loop use LIVE_MS. */
  refetchIntervalMs?: number;
  /** Does not ask at all while false. */
  enabled?: boolean;
  /** Shows the former answer while a new filter is being answered, so that tables do not jump. */
  keepPrevious?: boolean;
}

/** Reads an operation and keeps it fresh. The cache key is the operation's name and its input. */
export function useRead<E extends Endpoint>(
  endpoint: E,
  input?: CallInput<E>,
  options: ReadOptions = {},
): UseQueryResult<ResponseOf<E>, ProblemError> {
  return useQuery<ResponseOf<E>, ProblemError>({
    queryKey: [endpoint.name, input ?? {}],
    queryFn: ({ signal }) => call(endpoint, { ...input, signal } as unknown as CallInput<E>),
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchIntervalMs ?? false,
    placeholderData: options.keepPrevious ? keepPreviousData : undefined,
  });
}

/**
 * Writes through an operation. After success everything read through `refreshes` is asked for again
 * (all of it when none is named: correctness before thrift).
 */
export function useWrite<E extends Endpoint>(
  endpoint: E,
  refreshes?: readonly Endpoint[],
): UseMutationResult<ResponseOf<E>, ProblemError, CallInput<E>> {
  const client = useQueryClient();
  return useMutation<ResponseOf<E>, ProblemError, CallInput<E>>({
    mutationFn: (input) => call(endpoint, input),
    onSuccess: async () => {
      if (!refreshes) return client.invalidateQueries();
      await Promise.all(refreshes.map((one) => client.invalidateQueries({ queryKey: [one.name] })));
    },
  });
}
