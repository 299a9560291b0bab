import type { identityApi } from '@wutong/contract';

type KeyType = identityApi.KeyType;

const DAY_MS = 86_400_000;

type Preset = Pick<KeyType, 'type' | 'title' | 'meaning' | 'priority' | 'cardinality' | 'contested' | 'pii'> &
  Partial<KeyType>;

function preset(definition: Preset): KeyType {
  return { normalisation: 'trim', blockedValues: [], blockedPatterns: [], ...definition };
}

/** Key types of a retail bank, as a fresh installation has them. Strongest first. */
export const BANK_KEY_TYPES: readonly KeyType[] = [
  preset({
    type: 'customer_number',
    title: { en: 'Customer number', zh: '客户号' },
    meaning: 'The core banking system’s number of a customer; never reused.',
    priority: 10,
    cardinality: 'one',
    contested: 'quarantine',
    pii: false,
  }),
  preset({
    type: 'id_number',
    title: { en: 'ID number', zh: '证件号码' },
    meaning: 'Resident identity number (GB 11643) or another certificate’s number.',
    priority: 20,
    cardinality: 'one',
    contested: 'quarantine',
    pii: true,
    normalisation: 'uppercase',
    blockedPatterns: ['123456.*', '\\d{0,5}'],
  }),
  preset({
    type: 'login_id',
    title: { en: 'Login', zh: '登录账号' },
    meaning: 'Account of mobile or web banking; `distinct_id` of a logged-in Sensors client.',
    priority: 30,
    cardinality: 'many',
    contested: 'quarantine',
    maximumPerPerson: 10,
    pii: false,
  }),
  preset({
    type: 'account',
    title: { en: 'Account', zh: '账户' },
    meaning: 'Account or card number; a joint account belongs to several customers.',
    priority: 40,
    cardinality: 'many',
    contested: 'quarantine',
    maximumPerPerson: 100,
    sharedAbove: 1,
    pii: true,
    blockedPatterns: ['\\d{0,7}'],
  }),
  preset({
    type: 'union_id',
    title: { en: 'WeChat union id', zh: '微信 UnionID' },
    meaning: 'One WeChat user over all apps of the bank.',
    priority: 50,
    cardinality: 'many',
    contested: 'newest',
    maximumPerPerson: 5,
    sharedAbove: 5,
    pii: false,
  }),
  preset({
    type: 'open_id',
    title: { en: 'WeChat open id', zh: '微信 OpenID' },
    meaning: 'One WeChat user in one app.',
    priority: 60,
    cardinality: 'many',
    contested: 'newest',
    maximumPerPerson: 20,
    sharedAbove: 5,
    parent: 'union_id',
    pii: false,
  }),
  preset({
    type: 'mobile',
    title: { en: 'Mobile number', zh: '手机号' },
    meaning:
      'Carriers give numbers out again: the newer customer takes it; above four it is a shop’s or a family’s.',
    priority: 70,
    cardinality: 'many',
    contested: 'newest',
    maximumPerPerson: 10,
    windowLimit: { maximum: 5, windowMs: 30 * DAY_MS },
    sharedAbove: 4,
    pii: true,
    normalisation: 'mobile',
    blockedPatterns: ['\\d{0,6}', '1380013800\\d', '1[3-9](\\d)\\1{8}'],
  }),
  preset({
    type: 'email',
    title: { en: 'E-mail address', zh: '电子邮箱' },
    meaning: 'Often a couple’s or a company’s.',
    priority: 80,
    cardinality: 'many',
    contested: 'keep',
    maximumPerPerson: 10,
    sharedAbove: 3,
    pii: true,
    normalisation: 'lowercase',
    blockedPatterns: ['[^@]*', '(?:test|admin|info|noreply|no-reply)@.*'],
  }),
  preset({
    type: 'device',
    title: { en: 'Device', zh: '设备' },
    meaning: 'App installation; a branch’s tablet is used by many.',
    priority: 90,
    cardinality: 'many',
    contested: 'keep',
    maximumPerPerson: 50,
    windowLimit: { maximum: 20, windowMs: 30 * DAY_MS },
    sharedAbove: 3,
    pii: false,
  }),
  preset({
    type: 'cookie',
    title: { en: 'Browser', zh: '浏览器 Cookie' },
    meaning: 'Anonymous id of a browser.',
    priority: 100,
    cardinality: 'many',
    contested: 'keep',
    maximumPerPerson: 500,
    sharedAbove: 3,
    pii: false,
  }),
];
