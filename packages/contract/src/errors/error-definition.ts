/** One registered error: its HTTP status and, in both languages, a sentence that says what to do next. */
export interface ErrorDefinition {
  readonly status: number;
  readonly en: string;
  readonly zh: string;
}

/** Declares a room's errors; keys are snake_case codes, unique over all rooms. */
export function defineErrors<Codes extends Record<string, ErrorDefinition>>(codes: Codes): Codes {
  return codes;
}
