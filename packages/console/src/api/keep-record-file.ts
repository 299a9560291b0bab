import { linkingApi, type QueryInputOf, type ResponseOf } from '@wutong/contract';
import { noAnswer, problemOf } from './problem-error.ts';

/** Sends a file as the body of a kept list. Throws ProblemError as `call` does. */
export async function keepRecordFile(
  file: File,
  form: QueryInputOf<typeof linkingApi.keepRecordFile>,
): Promise<ResponseOf<typeof linkingApi.keepRecordFile>> {
  const query = new URLSearchParams(form);
  let response: Response;
  try {
    response = await fetch(`${linkingApi.keepRecordFile.path}?${query.toString()}`, {
      method: linkingApi.keepRecordFile.method,
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/octet-stream',
        'accept-language': document.documentElement.lang,
      },
      body: file,
    });
  } catch (cause) {
    throw noAnswer(cause);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as ResponseOf<typeof linkingApi.keepRecordFile>;
}
