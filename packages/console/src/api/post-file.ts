import type { Endpoint, QueryInputOf, ResponseOf } from '@wutong/contract';
import { noAnswer, problemOf } from './problem-error.ts';

/** Sends bytes of a file as the body of a request. Throws ProblemError as `call` does. */
export async function postFile<Of extends Endpoint>(
  endpoint: Of,
  query: QueryInputOf<Of>,
  body?: Blob,
  params: Readonly<Record<string, string>> = {},
): Promise<ResponseOf<Of>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query as Record<string, string | undefined>))
    if (value !== undefined) search.set(name, value);
  let response: Response;
  try {
    const path = endpoint.path.replaceAll(/:(\w+)/g, (_whole, name: string) => params[name] ?? '');
    response = await fetch(`${path}?${search.toString()}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        ...(body ? { 'content-type': 'application/octet-stream' } : {}),
        'accept-language': document.documentElement.lang,
      },
      ...(body ? { body } : {}),
    });
  } catch (cause) {
    throw noAnswer(cause);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as ResponseOf<Of>;
}
