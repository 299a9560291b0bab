import type {
  BodyInputOf,
  Endpoint,
  MappingInput,
  ParamsOf,
  Problem,
  QueryInputOf,
  ResponseOf,
} from '@wutong/contract';
import { importsApi, ingestApi } from '@wutong/contract';

/** Wutong answered with a problem document. */
export class RefusedError extends Error {
  constructor(
    readonly problem: Problem,
    what: string,
  ) {
    super(
      `${what}: ${problem.status} ${problem.code} ${problem.detail ?? ''} ${JSON.stringify(problem.problems ?? problem.details ?? '')}`,
    );
    this.name = 'RefusedError';
  }
}

type Parts<E> = {
  params?: E extends Endpoint ? Partial<ParamsOf<E>> : never;
  query?: QueryInputOf<E>;
  body?: BodyInputOf<E>;
};

/** Wutong as the outside world sees it: HTTP, nothing else. */
export interface FrontDoor {
  readonly url: string;
  /** Calls an endpoint of the contract; waits and repeats while Wutong is away or answers 5xx. */
  call<E extends Endpoint>(endpoint: E, parts?: Parts<E>, token?: string): Promise<ResponseOf<E>>;
  /** Sends records to collection, in batches; the same records sent again change nothing. */
  collect(
    sourceKey: string,
    records: readonly object[],
    options?: { inOrder?: boolean },
  ): Promise<CollectOutcome>;
  /** Loads files by their names in the mapping, one request each; throws when a row is rejected. */
  importFiles(mapping: MappingInput, files: ReadonlyMap<string, string>): Promise<void>;
  /** Raw request, repeated while Wutong is away. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface CollectOutcome {
  stored: number;
  duplicate: number;
  rejected: number;
  rejections: { code: string; message: string }[];
}

const BATCH = 2_000;
const PARALLEL = 2;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

export function openFrontDoor(url: string, token: string, signal: AbortSignal): FrontDoor {
  async function persistentFetch(path: string, init: RequestInit = {}): Promise<Response> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      signal.throwIfAborted();
      try {
        const response = await fetch(`${url}${path}`, {
          ...init,
          signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
        });
        if (response.status < 500 && response.status !== 429) return response;
        await response.arrayBuffer();
      } catch (error) {
        if (signal.aborted) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async function call<E extends Endpoint>(
    endpoint: E,
    parts: Parts<E> = {},
    otherToken?: string,
  ): Promise<ResponseOf<E>> {
    const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(String((parts.params as Record<string, unknown>)?.[name])),
    );
    const query = new URLSearchParams(
      Object.entries((parts.query ?? {}) as Record<string, unknown>)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await persistentFetch(`${path}${query.size > 0 ? `?${query.toString()}` : ''}`, {
      method: endpoint.method,
      headers: {
        authorization: `Bearer ${otherToken ?? token}`,
        ...(parts.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
    });
    const answer = (await response.json()) as unknown;
    if (!response.ok) throw new RefusedError(answer as Problem, endpoint.name);
    return answer as ResponseOf<E>;
  }

  return {
    url,
    call,
    fetch: persistentFetch,
    async importFiles(mapping, files) {
      const { importId } = await call(importsApi.createImport, { body: { mapping } });
      for (const [file, text] of files) {
        const path = importsApi.sendImportFile.path.replace(':importId', importId);
        const response = await persistentFetch(`${path}?${new URLSearchParams({ file }).toString()}`, {
          method: importsApi.sendImportFile.method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
          body: text,
        });
        const answer = (await response.json()) as unknown;
        if (!response.ok) throw new RefusedError(answer as Problem, file);
        const { rejectedRows } = answer as ResponseOf<typeof importsApi.sendImportFile>;
        if (rejectedRows > 0) throw new Error(`${rejectedRows} rows of ${file} were rejected`);
      }
    },
    async collect(sourceKey, records, options = {}) {
      const outcome: CollectOutcome = { stored: 0, duplicate: 0, rejected: 0, rejections: [] };
      const batches: (readonly object[])[] = [];
      for (let start = 0; start < records.length; start += BATCH)
        batches.push(records.slice(start, start + BATCH));
      const worker = async (): Promise<void> => {
        for (let batch = batches.shift(); batch; batch = batches.shift()) {
          const answer = await call(ingestApi.collect, { body: { records: batch } as never }, sourceKey);
          outcome.stored += answer.stored;
          outcome.duplicate += answer.duplicate;
          outcome.rejected += answer.rejected;
          outcome.rejections.push(...answer.rejections.slice(0, 5));
        }
      };
      await Promise.all(Array.from({ length: options.inOrder ? 1 : PARALLEL }, worker));
      return outcome;
    },
  };
}
