import type { Endpoint, QueryInputOf, ResponseOf } from '@wutong/contract';
import { noAnswer, problemOf } from './problem-error.ts';

/** Sends bytes of a file as the body of a request. Throws ProblemError as `call` does. */
export async function postFile<Of extends Endpoint>(
  endpoint: Of,
  query: QueryInputOf<Of>,
  body: Blob,
): Promise<ResponseOf<Of>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query as Record<string, string | undefined>))
    if (value !== undefined) search.set(name, value);
  let response: Response;
  try {
    response = await fetch(`${endpoint.path}?${search.toString()}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/octet-stream',
        'accept-language': document.documentElement.lang,
      },
      body,
    });
  } catch (cause) {
    throw noAnswer(cause);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as ResponseOf<Of>;
}
