/** A key type as the form holds it: empty fields for absent rules, days for windows. */
import type { KeyType } from '../../api/vocabulary.ts';
import { en } from '../../text/en.ts';
import type { Text } from '../../text/text.ts';

const DAY_MS = 86_400_000;

export interface KeyRuleValues extends Omit<
  KeyType,
  'title' | 'maximumPerPerson' | 'windowLimit' | 'sharedAbove' | 'parent'
> {
  titleZh: string;
  titleEn: string;
  maximumPerPerson?: number | null;
  windowMaximum?: number | null;
  windowDays?: number | null;
  sharedAbove?: number | null;
  parent?: string | null;
}

/** What a new key type starts with: the careful choice everywhere. */
export const newKeyRule: KeyRuleValues = {
  type: '',
  titleZh: '',
  titleEn: '',
  meaning: '',
  priority: 100,
  cardinality: 'many',
  contested: 'quarantine',
  pii: true,
  normalisation: 'trim',
  blockedValues: [],
  blockedPatterns: [],
};

const presets: Record<string, string | undefined> = en.identity.presetMeanings;

/** What a key type means, in the reader's language where it is still the words it came with. */
export function shownMeaning({ type, meaning }: Pick<KeyType, 'type' | 'meaning'>, text: Text): string {
  const words: Record<string, string | undefined> = text.identity.presetMeanings;
  const shown = meaning === presets[type] ? (words[type] ?? meaning) : meaning;
  // Names of fields stand between backticks in the API's reference; here they are words among words.
  return shown.replaceAll('`', '');
}

/** The form's values for a stored key type. */
export function valuesOf(type: KeyType): KeyRuleValues {
  const { title, windowLimit, ...same } = type;
  return {
    ...same,
    titleZh: title.zh,
    titleEn: title.en,
    windowMaximum: windowLimit?.maximum,
    windowDays: windowLimit && windowLimit.windowMs / DAY_MS,
  };
}

/** The key type that the form says. */
export function keyTypeOf(values: KeyRuleValues): KeyType {
  const { titleZh, titleEn, windowMaximum, windowDays, ...same } = values;
  const { maximumPerPerson, sharedAbove, parent, ...rest } = same;
  return {
    ...rest,
    title: { zh: titleZh.trim(), en: titleEn.trim() },
    meaning: values.meaning.trim(),
    // A type of which a person has one needs no maximum, and the server refuses one.
    ...(maximumPerPerson && values.cardinality === 'many' ? { maximumPerPerson } : {}),
    ...(windowMaximum && windowDays
      ? { windowLimit: { maximum: windowMaximum, windowMs: Math.round(windowDays * DAY_MS) } }
      : {}),
    ...(sharedAbove ? { sharedAbove } : {}),
    ...(parent ? { parent } : {}),
  };
}

/** Whether a pattern compiles as the server compiles it: over the whole value, by code points. */
export function compilePattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return undefined;
  }
}

/** One character again and again names nobody; the server blocks it whatever the rule says. */
const ONE_CHARACTER = /^(.)\1*$/u;

/** Whether a value would be blocked under the rule in the form. */
export function blocks(
  rule: Pick<KeyType, 'blockedValues' | 'blockedPatterns' | 'normalisation'>,
  value: string,
): boolean {
  const fold = (text: string): string => {
    if (rule.normalisation === 'lowercase') return text.trim().toLowerCase();
    if (rule.normalisation === 'uppercase') return text.trim().toUpperCase();
    if (rule.normalisation === 'mobile')
      return text.replaceAll(/\D/g, '').replace(/^(?:00)?86(?=1[3-9]\d{9}$)/, '');
    return text.trim();
  };
  const written = fold(value);
  return (
    written === '' ||
    ONE_CHARACTER.test(written) ||
    rule.blockedValues.some((each) => fold(each) === written) ||
    rule.blockedPatterns.some((pattern) => compilePattern(pattern)?.test(written))
  );
}
