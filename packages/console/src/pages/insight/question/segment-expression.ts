const SEGMENT = /^person where in segment ([a-z][a-z0-9_]*)$/;

/** The people of a segment, as an expression. */
export const segmentExpression = (segmentId: string): string => `person where in segment ${segmentId}`;

/** The segment that an expression is just the name of. */
export function segmentOf(expression: string): string | undefined {
  return SEGMENT.exec(expression.trim())?.[1];
}
