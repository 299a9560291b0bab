import { errorDefinitions, type ErrorCode } from '@wutong/contract';

/** An error that reaches a caller: its code is registered in the contract with status and sentences. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  /** `details` are shown to the caller: no personal data, no secrets. */
  constructor(code: ErrorCode, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(`${code}: ${errorDefinitions[code].en}`, { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.status = errorDefinitions[code].status;
    this.details = options.details ?? {};
  }
}

/** Whether an error says that a database engine is away for the moment (so that a retry can help). */
export function isEngineUnavailable(error: unknown): boolean {
  if (error instanceof CodedError) return error.code === 'engine_unavailable';
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code ?? '';
  // PostgreSQL classes 08 (connection), 53 (resources: full disk, memory, connections), 57P0x (shutdown, starting up).
  if (/^(08...|53...|57P0.)$/.test(code)) return true;
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|UND_ERR_SOCKET)$/.test(code))
    return true;
  return /Connection terminated|socket hang up|timeout exceeded when trying to connect|Timeout error/i.test(
    error.message,
  );
}

/**
 * Whether PostgreSQL could not take a value as what it stands for: 22P02 is a text that is no uuid or number, 22003 a
 * number that its column cannot hold. Statements of ours bind values only, so such a value came from the caller.
 */
export function isUnfitValue(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code;
  return code === '22P02' || code === '22003';
}
