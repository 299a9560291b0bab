/**
 * JSON as other people's clients write it, without losing what `JSON.parse` loses: a whole number beyond 2^53
 * (a card number, a snowflake id) becomes its digits as text instead of a neighbour's number, `NaN` and
 * `Infinity` (Python's json writes them) become null instead of spoiling the whole batch, and a byte order
 * mark before the text is skipped. @throws SyntaxError
 */
export function parseForeignJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const exact = hasLongRun(bare) && MAYBE_LONG.test(bare) ? outsideStrings(bare, quoteLongIntegers) : bare;
  try {
    return JSON.parse(exact, reviver);
  } catch (error) {
    if (!MAYBE_NOT_A_NUMBER.test(exact)) throw error;
    return JSON.parse(
      outsideStrings(exact, (part) => part.replace(NOT_A_NUMBER, 'null')),
      reviver,
    );
  }
}

// Sixteen digits as a value; may also lie inside a string, which the exact scan then finds out.
const MAYBE_LONG = /[:,[\s]-?\d{16,}\s*(?:[,}\]]|$)/;
const INTEGER = /-?\d{16,}(?![\d.eE])/g;
const MAYBE_NOT_A_NUMBER = /NaN|Infinity/;
const NOT_A_NUMBER = /-?\b(?:NaN|Infinity)\b/g;

const RUN = 16;

/** Whether there are sixteen digits in a row: looks at one character in sixteen, for a pattern costs a third of parsing. */
function hasLongRun(text: string): boolean {
  const isDigit = (at: number): boolean => {
    const code = text.charCodeAt(at);
    return code >= 48 && code <= 57;
  };
  for (let at = RUN - 1; at < text.length; at += RUN) {
    if (!isDigit(at)) continue;
    let [first, last] = [at, at];
    while (isDigit(first - 1)) first--;
    while (isDigit(last + 1)) last++;
    if (last - first >= RUN - 1) return true;
  }
  return false;
}

function quoteLongIntegers(part: string): string {
  return part.replace(INTEGER, (digits, at: number) => {
    const before = part[at - 1];
    // The end of a fraction or an exponent is not a number of its own.
    const isWhole = before === undefined || !/[\d.eE+-]/.test(before);
    return !isWhole || Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`;
  });
}

/** The text with what lies outside its strings changed; one pass, whatever the length of a string. */
function outsideStrings(text: string, change: (part: string) => string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const opening = text.indexOf('"', at);
    if (opening < 0) break;
    let closing = text.indexOf('"', opening + 1);
    while (closing >= 0 && isEscaped(text, closing)) closing = text.indexOf('"', closing + 1);
    const end = closing < 0 ? text.length : closing + 1;
    parts.push(change(text.slice(at, opening)), text.slice(opening, end));
    at = end;
  }
  if (at < text.length) parts.push(change(text.slice(at)));
  return parts.join('');
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}
