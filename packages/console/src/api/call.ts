import type { BodyInputOf, Endpoint, ParamsOf, QueryInputOf, ResponseOf } from '@wutong/contract';
import { noAnswer, problemOf } from './problem-error.ts';

type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { [key in Name]?: undefined }
  : Record<never, never> extends Value
    ? { [key in Name]?: Value }
    : { [key in Name]: Value };

/** What a caller passes for an endpoint: only the parts it declares, and only its required ones required. */
export type CallInput<E> = Part<'params', ParamsOf<E>> &
  Part<'query', QueryInputOf<E>> &
  Part<'body', BodyInputOf<E>> & { signal?: AbortSignal };

interface LooseInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

/** A value as it stands in a path or a query string. */
const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function addressOf(path: string, input: LooseInput): string {
  const filled = path.replaceAll(/:(\w+)/g, (_whole, name: string) =>
    encodeURIComponent(written(input.params?.[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, written(one));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

let onLoggedOut: () => void = () => {};

/** Tells the client whom to call when the session has ended. */
export function whenLoggedOut(listener: () => void): void {
  onLoggedOut = listener;
}

/**
 * Calls one operation of the API.
 * Answers are typed by the contract's schema; the server has validated them.
 * Throws ProblemError for every refusal, and with code `no_answer` when the server cannot be reached.
 */
export async function call<E extends Endpoint>(endpoint: E, input?: CallInput<E>): Promise<ResponseOf<E>> {
  const loose = (input ?? {}) as LooseInput;
  let response: Response;
  try {
    response = await fetch(addressOf(endpoint.path, loose), {
      method: endpoint.method,
      credentials: 'same-origin',
      signal: loose.signal,
      headers: {
        accept: 'application/json',
        'accept-language': document.documentElement.lang,
        ...(loose.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: loose.body === undefined ? undefined : JSON.stringify(loose.body),
    });
  } catch (cause) {
    if (loose.signal?.aborted) throw cause;
    throw noAnswer(cause);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === 'not_logged_in') onLoggedOut();
    throw problem;
  }
  return (response.status === 204 ? undefined : await response.json()) as ResponseOf<E>;
}
