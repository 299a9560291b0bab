import type { contentApi } from '@wutong/contract';
import { checkLink, checkLinkVariables } from './check-link.ts';
import { countSegments } from './count-segments.ts';
import type { TemplateRenderer } from './render-template.ts';

type Channel = contentApi.Channel;
type Purpose = contentApi.Purpose;
type ContentProblem = contentApi.ContentProblem;
type ContentVariants = contentApi.ContentVariants;

/** What the rules know of the installation. */
export interface CheckRules {
  readonly forbiddenWords: readonly string[];
  /** Attributes of a person that exist; undefined when the catalogue is not known. */
  readonly personAttributes?: ReadonlySet<string>;
}

/**
 * Words that promise capital or return (广告法 25). An installation may add its own in the setting
 * `content.forbidden_words`.
 */
export const DEFAULT_FORBIDDEN_WORDS = ['保本', '无风险', '零风险', '保收益', '保证收益', '稳赚'] as const;

const SIGNATURE = /^【[^【】]{2,20}】/;
// 拒收请回复R; by supplier also TD, T, N, and the wording 退订回T. It ends the message.
const OPT_OUT = /(拒收|退订)(请)?(回复?)?\s*(R|TD|T|N)[。.！!]?\s*$/i;
const MAXIMUM_SEGMENTS = 10;
const WARN_SEGMENTS = 3;
// FCM HTTP v1: 4,096 bytes of payload, of which the envelope takes some.
const MAXIMUM_PUSH_BYTES = 3_500;
/** Values a template finds besides the person and the context of its strategy. */
const UNSUBSCRIBE_VARIABLE = 'unsubscribe_link';

/** The templates of a channel by field: what is checked and rendered. */
export function fieldsOf(variants: ContentVariants, channel: Channel): Record<string, string> | undefined {
  const variant = variants[channel];
  if (variant === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(variant).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Channels that have texts. */
export function channelsOf(variants: ContentVariants): Channel[] {
  return (Object.keys(variants) as Channel[]).filter((channel) => variants[channel] !== undefined);
}

/** Checks all texts of a version as templates: what can be known before anybody's values are put in. */
export function checkVariants(
  variants: ContentVariants,
  purpose: Purpose,
  rules: CheckRules,
  renderer: TemplateRenderer,
): ContentProblem[] {
  return channelsOf(variants).flatMap((channel) => {
    const fields = fieldsOf(variants, channel)!;
    return [
      ...Object.entries(fields).flatMap(([field, template]) =>
        checkTemplate(channel, `${channel}.${field}`, template, rules, renderer),
      ),
      ...checkTexts(channel, withoutMarkup(fields), purpose, rules),
      ...checkUnsubscribe(channel, fields, purpose),
    ];
  });
}

/** Checks rendered (or literal) texts of one channel. */
export function checkTexts(
  channel: Channel,
  fields: Readonly<Record<string, string>>,
  purpose: Purpose,
  rules: CheckRules,
): ContentProblem[] {
  const problems = Object.entries(fields).flatMap(([field, text]) =>
    field === 'link' || field === 'image'
      ? checkLink(channel, field, text)
      : checkWords(channel, field, text, rules),
  );
  if (channel === 'sms') problems.push(...checkSms(fields.text ?? '', purpose));
  if (channel === 'push') problems.push(...checkPush(fields));
  return problems;
}

/** The first forbidden promise in a text, seen through spaces, punctuation and full-width letters. */
export function findForbiddenWord(text: string, words: readonly string[]): string | undefined {
  const plain = text.normalize('NFKC').replace(/[\s\p{P}\p{S}\p{Cf}]/gu, '');
  return words.find((word) => {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
      // 非保本 and 不保本 say the opposite, and the law wants them said.
      if (!/[非不]$/.test(plain.slice(0, at))) return true;
    }
    return false;
  });
}

/** Templates with values of a typical length in place of outputs, and without tags: to count and read. */
function withoutMarkup(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, template]) => [
      field,
      field === 'link' ? linkWithoutMarkup(template) : withoutTags(template).replace(OUTPUT, '某某某某'),
    ]),
  );
}

const OUTPUT = /\{\{.*?\}\}/gs;
const withoutTags = (template: string): string => template.replace(/\{%.*?%\}/gs, '');

/** A link that begins with an output has its whole start from there. */
const linkWithoutMarkup = (template: string): string =>
  withoutTags(template).replace(OUTPUT, (_, offset: number) => (offset === 0 ? 'https://example.com' : 'x'));

function checkTemplate(
  channel: Channel,
  path: string,
  template: string,
  rules: CheckRules,
  renderer: TemplateRenderer,
): ContentProblem[] {
  try {
    const variables = renderer.variablesOf(template);
    const unknown = variables.filter(
      ([root, name]) =>
        root === 'person' && name !== undefined && rules.personAttributes?.has(name) === false,
    );
    const field = path.slice(channel.length + 1);
    return [
      ...unknown.map((segments): ContentProblem => ({
        severity: 'warning',
        code: 'unknown_variable',
        channel,
        path,
        en: `No attribute ${segments[1]} of a person is declared.`,
        zh: `没有声明客户属性 ${segments[1]}。`,
      })),
      ...(field === 'link' ? checkLinkVariables(channel, field, template, variables) : []),
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : 'unreadable';
    return [
      {
        severity: 'error',
        code: 'template_error',
        channel,
        path,
        en: `The template cannot be read: ${reason}`,
        zh: `模板无法解析：${reason}`,
      },
    ];
  }
}

function checkWords(channel: Channel, field: string, text: string, rules: CheckRules): ContentProblem[] {
  const word = findForbiddenWord(text, rules.forbiddenWords);
  if (word === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'forbidden_word',
      channel,
      path: `${channel}.${field}`,
      en: `"${word}" promises capital or return, which advertising may not (广告法 25).`,
      zh: `“${word}”属于对本金或收益的承诺，广告不得使用（广告法第二十五条）。`,
    },
  ];
}

function checkSms(text: string, purpose: Purpose): ContentProblem[] {
  const problems: ContentProblem[] = [];
  const add = (
    code: ContentProblem['code'],
    severity: ContentProblem['severity'],
    en: string,
    zh: string,
  ): void => {
    problems.push({ severity, code, channel: 'sms', path: 'sms.text', en, zh });
  };
  const signatures = text.match(/【[^】]*】/g) ?? [];
  if (signatures.length === 0) {
    add('signature_missing', 'error', 'Begin with the signature 【…】 of the bank.', '请以签名【…】开头。');
  } else if (!SIGNATURE.test(text)) {
    add(
      'signature_not_at_start',
      'error',
      'The signature 【…】 stands at the very start.',
      '签名【…】必须位于最前。',
    );
  }
  if (signatures.length > 1) {
    add('signature_repeated', 'error', 'The signature 【…】 stands once only.', '签名【…】只能出现一次。');
  }
  if (purpose === 'marketing' && !OPT_OUT.test(text)) {
    add('opt_out_missing', 'error', 'End with 拒收请回复R.', '营销短信须以“拒收请回复R”结尾。');
  }
  const { segments } = countSegments(text);
  if (segments > MAXIMUM_SEGMENTS) {
    add(
      'too_many_segments',
      'error',
      `At most ${MAXIMUM_SEGMENTS} parts.`,
      `最多 ${MAXIMUM_SEGMENTS} 条拆分。`,
    );
  } else if (segments > WARN_SEGMENTS) {
    add('too_many_segments', 'warning', `It is billed as ${segments} messages.`, `将按 ${segments} 条计费。`);
  }
  return problems;
}

function checkPush(fields: Readonly<Record<string, string>>): ContentProblem[] {
  if (Buffer.byteLength(Object.values(fields).join('')) <= MAXIMUM_PUSH_BYTES) return [];
  return [
    {
      severity: 'error',
      code: 'too_long',
      channel: 'push',
      path: 'push.body',
      en: `Title, body and link together take at most ${MAXIMUM_PUSH_BYTES} bytes.`,
      zh: `标题、正文与链接合计不得超过 ${MAXIMUM_PUSH_BYTES} 字节。`,
    },
  ];
}

function checkUnsubscribe(
  channel: Channel,
  fields: Readonly<Record<string, string>>,
  purpose: Purpose,
): ContentProblem[] {
  if (channel !== 'email' || purpose !== 'marketing') return [];
  return ['text', 'html']
    .filter((field) => fields[field] !== undefined && !fields[field].includes(UNSUBSCRIBE_VARIABLE))
    .map((field) => ({
      severity: 'error',
      code: 'unsubscribe_missing',
      channel,
      path: `email.${field}`,
      en: 'A marketing e-mail shows {{ unsubscribe_link }}.',
      zh: '营销邮件正文须包含 {{ unsubscribe_link }}。',
    }));
}
