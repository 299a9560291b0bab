/**
 * How people write numbers and dates in files, read in one place: the import and what the wizard shows of it ask here.
 * Full-width characters count as the plain ones that they stand for.
 */

/** Marks, a currency, digits with or without groups of three, a fraction, a percent sign. */
const CURRENCY = '(?:[¥$€£]|CNY|RMB|HKD|USD|元)';
const WRITTEN_NUMBER = new RegExp(
  `^(?<minus>-)?${CURRENCY}?\\s*(?<sign>[+-])?(?<whole>\\d{1,3}(?:,\\d{3})+|\\d+)?(?<fraction>\\.\\d*)?\\s*${CURRENCY}?(?<percent>%)?$`,
);

const plainText = (written: string): string => written.normalize('NFKC').replaceAll('\u2212', '-').trim();

/**
 * The number that a text says: `1,234.50`, `(5.00)` (a loss), `¥1,234`, `12%` (0.12), full-width digits; undefined when
 * it is none. Groups are of three digits and commas, a comma is never a decimal point.
 */
export function readWrittenNumber(written: string): number | undefined {
  const text = plainText(written);
  const inBrackets = /^\((.*)\)$/.exec(text);
  const groups = WRITTEN_NUMBER.exec((inBrackets?.[1] ?? text).trim())?.groups;
  if (!groups) return undefined;
  const { minus, sign, whole = '', fraction = '', percent } = groups;
  const digits = whole.replaceAll(',', '') + fraction;
  if (!/\d/.test(digits) || (minus && sign) || (inBrackets && (minus || sign))) return undefined;
  const amount = Number(`${digits}${percent ? 'e-2' : ''}`);
  return inBrackets || minus || sign === '-' ? -amount : amount;
}

/** What a date pattern may consist of: `M`, `D`, `h` are one or two digits, the others as many as letters. */
export const DATE_PATTERN = /^[YMDhms :/.T年月日时分秒-]+$/;
const TOKENS = /YYYY|YY|MM|M|DD|D|hh|h|mm|ss|[.]/g;

type DatePart = 'YYYY' | 'YY' | 'MM' | 'DD' | 'hh' | 'mm' | 'ss';
export type DateParts = Readonly<Partial<Record<DatePart, number>>>;

/** Reads the parts of texts written in a pattern; undefined for others. Whether there is such a day is not asked. */
export function compileDatePattern(pattern: string): (written: string) => DateParts | undefined {
  const names: DatePart[] = [];
  const source = pattern.replaceAll(TOKENS, (token) => {
    if (token === '.') return '\\.';
    const isLoose = token.length === 1;
    names.push((isLoose ? token + token : token) as DatePart);
    return isLoose ? '(\\d{1,2})' : `(\\d{${token.length}})`;
  });
  const expression = new RegExp(`^${source}$`);
  return (written) => {
    const match = expression.exec(written) ?? expression.exec(plainText(written));
    return match
      ? Object.fromEntries(names.map((name, index) => [name, Number(match[index + 1])]))
      : undefined;
  };
}

/** The same pattern with day and month the other way round; undefined where the year comes first. */
export function swappedOrder(pattern: string): string | undefined {
  if (!/^[MD]/.test(pattern) || !pattern.includes('Y')) return undefined;
  const [day, time = ''] = pattern.split(/ (.*)/s);
  const swapped = day!.replaceAll(/[MD]/g, (letter) => (letter === 'M' ? 'D' : 'M'));
  return time === '' ? swapped : `${swapped} ${time}`;
}

const FIRST_DAY_MS = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;
/** 1900-03-01 (before it Excel counts a day that never was) to 9999-12-31. */
const SERIALS = { first: 61, last: 2_958_465 };

/** Wall time, epoch ms as if in UTC, of a day as Excel counts them; undefined when the text is no such number. */
export function readSerialDay(written: string): number | undefined {
  const text = plainText(written);
  if (!/^\d{1,7}(\.\d+)?$/.test(text)) return undefined;
  const serial = Number(text);
  if (serial < SERIALS.first || serial >= SERIALS.last + 1) return undefined;
  return FIRST_DAY_MS + Math.round((serial * DAY_MS) / 1_000) * 1_000;
}

/** Patterns in which people write days, in the order in which they are tried. */
export const datePatterns = [
  'YYYYMMDD',
  'YYYY年M月D日',
  'YYYY-M-D',
  'YYYY/M/D',
  'YYYY.M.D',
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD-MM-YYYY',
  'MM-DD-YYYY',
  'DD.MM.YYYY',
  'D/M/YYYY',
  'M/D/YYYY',
  'D-M-YYYY',
  'M-D-YYYY',
  'D.M.YYYY',
] as const;

/** Patterns of times, as `datePatterns`. */
export const timePatterns: readonly string[] = [
  'YYYYMMDDhhmmss',
  ...datePatterns.flatMap((day) => [`${day} hhmmss`, `${day} h:mm:ss`, `${day} h:mm`]),
  'YYYY年M月D日 h时mm分ss秒',
  'YYYY年M月D日 h时mm分',
];

const known = new Map<string, ReturnType<typeof compileDatePattern>>();

/** Whether a text is written in a pattern and its parts may be those of a day and a time. */
export function fitsDatePattern(written: string, pattern: string): boolean {
  let read = known.get(pattern);
  if (!read) known.set(pattern, (read = compileDatePattern(pattern)));
  const parts = read(written);
  if (!parts) return false;
  const { YYYY = 2000, MM = 1, DD = 1, hh = 0, mm = 0, ss = 0 } = parts;
  const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
  return (
    within(YYYY, 1900, 2299) &&
    within(MM, 1, 12) &&
    within(DD, 1, 31) &&
    within(hh, 0, 23) &&
    within(mm, 0, 59) &&
    within(ss, 0, 60)
  );
}
