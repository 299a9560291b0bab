import { normal, pick, pickWeighted, quantile, type Draw } from './draw.ts';

/** A customer of 梧桐示范银行. Invented: names are drawn from parts, numbers lie in ranges nobody owns. */
export interface BankPerson {
  readonly index: number;
  readonly customerNumber: string;
  readonly name: string;
  readonly gender: '男' | '女';
  /** YYYY-MM-DD */
  readonly birthDate: string;
  /** Region 99, which no identity card has, with a valid check digit. */
  readonly idNumber: string;
  /** Range 154, which is assigned to no carrier; shared with the spouse in some families. */
  readonly mobile: string;
  readonly email: string | undefined;
  readonly devices: readonly string[];
  /** First seen on the device, days before the first login. */
  readonly seenAnonymously: boolean;
  readonly openId: string | undefined;
  readonly accounts: readonly string[];
  readonly job: string;
  readonly marital: '已婚' | '未婚' | '离异';
  readonly education: string;
  readonly city: string;
  readonly aumCny: number;
  readonly riskLevel: 'C1' | 'C2' | 'C3' | 'C4' | 'C5';
  /** Days before the demo's start. */
  readonly riskAssessedDaysAgo: number;
  readonly institutionId: string;
  readonly managerId: string;
  readonly consents: readonly ('sms' | 'push' | 'in_app' | 'email' | 'task')[];
  readonly optedOutOfSms: boolean;
}

const SURNAMES = Array.from(
  '王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛闫段雷侯龙史黎贺顾毛郝龚邵万覃武钱戴莫孔向常',
);
const GIVEN = {
  男: [
    '浩然',
    '子轩',
    '宇航',
    '建国',
    '志强',
    '明哲',
    '俊杰',
    '思远',
    '海涛',
    '文博',
    '国栋',
    '嘉树',
    '一鸣',
    '伟',
    '磊',
    '勇',
    '军',
    '鹏',
    '晨',
    '锋',
    '启明',
    '永康',
    '景行',
    '绍辉',
  ],
  女: [
    '欣怡',
    '梓涵',
    '雨桐',
    '秀英',
    '丽华',
    '静雯',
    '晓燕',
    '佳宁',
    '若溪',
    '诗涵',
    '婉清',
    '可馨',
    '芳',
    '敏',
    '静',
    '娜',
    '洁',
    '颖',
    '雪',
    '琳',
    '月华',
    '书瑶',
    '锦绣',
    '沐晴',
  ],
};
const JOBS = [
  '企业职员',
  '技术人员',
  '管理人员',
  '个体经营',
  '教师',
  '医护人员',
  '公务员',
  '退休',
  '学生',
  '自由职业',
];
// Shares of UCI bank-full's job groups, put onto the Chinese ones above.
const JOB_SHARES = [0.23, 0.17, 0.21, 0.07, 0.06, 0.05, 0.06, 0.06, 0.02, 0.07];
const CITIES = ['上海', '杭州', '南京', '苏州', '宁波', '合肥', '无锡', '嘉兴'];
const CITY_SHARES = [0.28, 0.2, 0.14, 0.13, 0.08, 0.07, 0.06, 0.04];
// UCI bank-full: minimum 18, quartiles 33, 39, 48, 95th percentile 59, maximum 95.
const AGES = [
  [0, 18],
  [0.05, 27],
  [0.25, 33],
  [0.5, 39],
  [0.75, 48],
  [0.95, 59],
  [0.99, 71],
  [1, 92],
] as const;
const EDUCATIONS = ['初中及以下', '高中', '大专', '本科', '研究生'];
const RISK_SHARES = [0.12, 0.27, 0.34, 0.19, 0.08];
const OUTLETS_PER_REGION = 5;
export const REGIONS = ['上海分行', '杭州分行', '南京分行', '苏州分行'];
const PEOPLE_PER_MANAGER = 250;

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** Check digit of GB 11643-1999. */
function idCheckDigit(seventeen: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(seventeen[index]), 0);
  return '10X98765432'[sum % 11]!;
}

/** Outlets of the bank: the leaves of the institution tree. */
export function outletIds(): string[] {
  return REGIONS.flatMap((_, region) =>
    Array.from({ length: OUTLETS_PER_REGION }, (_each, outlet) => `B${region + 1}${digits(outlet + 1, 2)}`),
  );
}

/** Managers of an outlet for a bank of this many people. */
export function managersOf(outlet: string, people: number): string[] {
  const count = Math.max(1, Math.round(people / (REGIONS.length * OUTLETS_PER_REGION) / PEOPLE_PER_MANAGER));
  return Array.from({ length: count }, (_, index) => `M${outlet.slice(1)}${digits(index + 1, 2)}`);
}

/** A name from the parts above. */
export function inventName(draw: Draw, subject: number, gender: '男' | '女'): string {
  return pick(SURNAMES, draw(subject, 'surname')) + pick(GIVEN[gender], draw(subject, 'given'));
}

/**
 * Person number `index` of a bank of `people`. Couples are neighbours (2k, 2k+1): some share a mobile
 * number, some an account.
 */
export function makePerson(draw: Draw, index: number, people: number, startMs: number): BankPerson {
  const chance = (label: string): number => draw(index, label);
  const couple = Math.floor(index / 2);
  const isSecond = index % 2 === 1;
  const married = draw(couple, 'couple') < 0.3;
  const gender: '男' | '女' = married ? (isSecond ? '女' : '男') : chance('gender') < 0.5 ? '男' : '女';
  const age = quantile(AGES, chance('age'));
  const birthDate = new Date(startMs - age * 365.25 * 86_400_000).toISOString().slice(0, 10);
  const seventeen = `99${digits(Math.floor(chance('region') * 10_000), 4)}${birthDate.replaceAll('-', '')}${digits((index * 7) % 1000, 3)}`;
  const ownMobile = `154${digits((index * 104_729 + 31_337) % 100_000_000, 8)}`;
  const sharesMobile = married && isSecond && draw(couple, 'shared mobile') < 0.12;
  const partnerMobile = `154${digits(((index - 1) * 104_729 + 31_337) % 100_000_000, 8)}`;
  const ownAccount = `6299${digits(index, 12)}`;
  const jointAccount = married && draw(couple, 'joint account') < 0.15 ? [`6298${digits(couple, 12)}`] : [];
  const hasApp = chance('app') < 0.82;
  const deviceCount = hasApp ? (chance('devices') < 0.16 ? 2 : 1) : 0;
  const outlet = pick(outletIds(), chance('outlet'));
  const aum = Math.exp(10.4 + 1.55 * normal(chance('aum a'), chance('aum b')) + (age - 40) * 0.015);
  const consents = (['sms', 'push', 'in_app', 'email', 'task'] as const).filter((channel) => {
    const share = { sms: 0.78, push: 0.74, in_app: 0.93, email: 0.46, task: 0.85 }[channel];
    return chance(`consent ${channel}`) < share;
  });
  return {
    index,
    customerNumber: `C${digits(10_000_000 + index, 8)}`,
    name: inventName(draw, index, gender),
    gender,
    birthDate,
    idNumber: seventeen + idCheckDigit(seventeen),
    mobile: sharesMobile ? partnerMobile : ownMobile,
    email: chance('email') < 0.58 ? `c${digits(index, 8)}@example.com` : undefined,
    devices: Array.from({ length: deviceCount }, (_, number) => `dev-${digits(index, 8)}-${number + 1}`),
    seenAnonymously: hasApp && chance('anonymous') < 0.15,
    openId: chance('wechat') < 0.44 ? `oWT${digits(index, 10)}demo` : undefined,
    accounts: [ownAccount, ...jointAccount],
    job: age > 62 ? '退休' : JOBS[pickWeighted(JOB_SHARES, chance('job'))]!,
    marital: married ? '已婚' : chance('marital') < 0.2 ? '离异' : '未婚',
    education: EDUCATIONS[pickWeighted([0.12, 0.22, 0.24, 0.33, 0.09], chance('education'))]!,
    city: CITIES[pickWeighted(CITY_SHARES, chance('city'))]!,
    aumCny: Math.round(Math.min(aum, 80_000_000)),
    riskLevel: (['C1', 'C2', 'C3', 'C4', 'C5'] as const)[pickWeighted(RISK_SHARES, chance('risk'))]!,
    riskAssessedDaysAgo: Math.floor(chance('assessed') * 400),
    institutionId: outlet,
    managerId: pick(managersOf(outlet, people), chance('manager')),
    consents,
    optedOutOfSms: chance('opted out') < 0.025,
  };
}
