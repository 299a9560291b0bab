/**
 * Numbers in the reader's habit: 万 and 亿 in Chinese, K and M in English.
 * Every function is pure; a missing value becomes an en dash so that columns keep their width.
 */
import type { Language } from '../text/language.ts';

const MISSING = '–';
const WAN = 10_000;
/** Below this a number is short enough to be read whole. */
const EXACT_BELOW = 100_000;
const YI = 100_000_000;

const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-US');

const isMissing = (value: number | null | undefined): value is null | undefined =>
  value === null || value === undefined || !Number.isFinite(value);

/** The exact number with thousands separators: 20,000. */
export function formatInteger(value: number | null | undefined, language: Language): string {
  if (isMissing(value)) return MISSING;
  return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 0 }).format(value);
}

/** A decimal with at most `digits` places, grouped. */
export function formatDecimal(value: number | null | undefined, language: Language, digits = 2): string {
  if (isMissing(value)) return MISSING;
  return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: digits }).format(value);
}

/** A head-line number: exact below 100,000, then 23.5 万 / 1.2 亿 in Chinese and 235K / 120M in English. */
export function formatCompact(value: number | null | undefined, language: Language): string {
  if (isMissing(value)) return MISSING;
  const size = Math.abs(value);
  if (size < EXACT_BELOW) return formatInteger(value, language);
  if (language === 'en') {
    return new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
  }
  const [unit, name] = size < YI ? [WAN, '万'] : [YI, '亿'];
  const digits = size / unit < 100 ? 2 : size / unit < 1000 ? 1 : 0;
  return `${formatDecimal(value / unit, language, digits)} ${name}`;
}

/** A share between 0 and 1 as a percentage: 12.3%. */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  if (isMissing(share)) return MISSING;
  return `${(share * 100).toFixed(digits)}%`;
}

/** A difference of two shares in percentage points, always signed: +3.2. */
export function formatPoints(difference: number | null | undefined, digits = 2): string {
  if (isMissing(difference)) return MISSING;
  const points = difference * 100;
  const sign = points > 0 ? '+' : points < 0 ? '−' : '';
  return `${sign}${Math.abs(points).toFixed(digits)}`;
}

/** An amount of yuan, compact: ¥12.3 万. */
export function formatYuan(value: number | null | undefined, language: Language): string {
  if (isMissing(value)) return MISSING;
  return `¥${formatCompact(value, language)}`;
}

/** A p-value as statisticians print it: "< 0.001" rather than a row of zeroes. */
export function formatPValue(value: number | null | undefined): string {
  if (isMissing(value)) return MISSING;
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}
