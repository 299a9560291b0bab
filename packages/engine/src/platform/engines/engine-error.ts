/** Why an engine could not be had. The code is stable; the message says what to do next. */
export type EngineErrorCode =
  | 'data_directory_in_use'
  | 'data_directory_newer'
  | 'disk_full'
  | 'engine_url_unreachable'
  | 'engine_start_failed';

export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}

const DISK_FULL =
  /no space left on device|check free disk space|wrote only \d+ of \d+ bytes|ENOSPC|NOT_ENOUGH_SPACE|disk quota exceeded|EDQUOT/i;

/**
 * Turns whatever an engine said before it died into one error.
 * A full disk is told apart by its words, because both engines report it only in their output.
 */
export function engineErrorFrom(
  engine: 'PostgreSQL' | 'ClickHouse',
  directory: string,
  cause: unknown,
  output = '',
): EngineError {
  if (cause instanceof EngineError) return cause;
  const said = `${cause instanceof Error ? cause.message : String(cause)}\n${output}`.trim();
  if (DISK_FULL.test(said)) {
    return new EngineError(
      'disk_full',
      `The disk that holds ${directory} is full, so ${engine} cannot run. Free some space there, or choose another folder with --data, and start again.`,
      { cause },
    );
  }
  return new EngineError(
    'engine_start_failed',
    `${engine} did not start with the data in ${directory}. It said: ${lastLines(said)}`,
    { cause },
  );
}

function lastLines(text: string): string {
  return text.split('\n').slice(-12).join('\n').slice(-2000);
}
