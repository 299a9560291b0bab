/** What columns of a bank's files are usually called, and what they usually mean. */
import type { MaskKind, PiiClass, ValueType } from '@wutong/contract';
import type { SingleUse } from './record-plan.ts';

export interface KnownField {
  name: string;
  title: { zh: string; en: string };
  pii?: PiiClass;
  mask?: MaskKind;
  valueType?: ValueType;
  names: RegExp;
}

/** Names are compared in small letters, without spaces, dashes and underscores. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[\s_\-.()（）]/g, '');

/** How core systems shorten the words of their columns. */
const SHORTENED: Readonly<Record<string, string>> = {
  acct: 'account',
  addr: 'address',
  amt: 'amount',
  bal: 'balance',
  brch: 'branch',
  ccy: 'currency',
  cd: 'code',
  chnl: 'channel',
  curr: 'currency',
  dt: 'date',
  edu: 'education',
  gndr: 'gender',
  lvl: 'level',
  mgr: 'manager',
  mob: 'mobile',
  nm: 'name',
  occup: 'occupation',
  prd: 'product',
  prod: 'product',
  prov: 'province',
  tm: 'time',
  tran: 'transaction',
  trans: 'transaction',
  trx: 'transaction',
  txn: 'transaction',
};

/** Whether a column is called so, as it stands or with its shortened words written out. */
export function isCalled(names: RegExp, column: string): boolean {
  if (names.test(plainName(column))) return true;
  const words = column
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_\-.()（）]+/);
  return names.test(words.map((word) => SHORTENED[word] ?? word).join(''));
}

export const knownKeys: readonly { keyType: string; names: RegExp }[] = [
  {
    keyType: 'customer_number',
    names:
      /^(核心|ecif|cif)?客户(号|编号|代码|id|号码|内码|标识)$|^(cust(omer)?|client)(no|num|number|id|code)$|^(e?cif)(no|id)?$/,
  },
  {
    keyType: 'mobile',
    names:
      /^(预留|客户|联系|绑定)?(手机(号码?)?|移动电话|联系电话|联系方式)$|^(mobile|cell|phone|tel|msisdn)(phone|no|num|number)?$/,
  },
  {
    keyType: 'id_number',
    names: /^(居民)?(身份证|证件)(号码?|编号)?$|^(id|cert|certificate|identity)(card|no|num|number|cardno)$/,
  },
  { keyType: 'email', names: /^(电子)?(邮箱|邮件)(地址)?$|^e?mail(address)?$/ },
  {
    keyType: 'account',
    names:
      /^(银行|借记|信用|存款)?(卡号|账号|账户|帐号|账户号|账户编号)$|^(bank)?(account|acct|card)(no|num|number|id)?$/,
  },
  { keyType: 'union_id', names: /^(微信|wechat)?unionid$/ },
  { keyType: 'open_id', names: /^(微信|wechat)?openid$/ },
  { keyType: 'device', names: /^(设备(号|id|编号|标识)?)$|^(device(id)?|imei|idfa|oaid|androidid)$/ },
  {
    keyType: 'login_id',
    names: /^(登录名?|用户(名|id|编号)|登录账号|网银用户号)$|^(login|user)(id|name|no)?$|^distinctid$/,
  },
  { keyType: 'cookie', names: /^(cookie|anonymous)(id)?$/ },
];

const title = (zh: string, en: string) => ({ zh, en });

/** A column with the time at which money moved: its rows are events. */
export const TRANSACTION_TIME =
  /^(交易|消费|转账|支付|动账|记账)(时间|日期|日)$|^(transaction|payment|posting)(time|date|at|timestamp)$/;

export const knownFields: readonly KnownField[] = [
  {
    name: 'name',
    title: title('姓名', 'Name'),
    pii: 'identifying',
    mask: 'name',
    names: /^(客户)?(姓名|名称|名字)$|^(cust(omer)?|full|client)?name$/,
  },
  { name: 'gender', title: title('性别', 'Gender'), names: /^性别$|^(gender|sex)$/ },
  {
    name: 'birth_date',
    title: title('出生日期', 'Birth date'),
    pii: 'sensitive',
    valueType: 'date',
    names: /^(出生日期|生日|出生年月日)$|^(birth(day|date)?|dob|dateofbirth)$/,
  },
  { name: 'age', title: title('年龄', 'Age'), valueType: 'number', names: /^年龄$|^age$/ },
  { name: 'province', title: title('省份', 'Province'), names: /^(所在)?省(份)?$|^province$/ },
  { name: 'city', title: title('城市', 'City'), names: /^(所在|居住)?城市$|^city$/ },
  {
    name: 'address',
    title: title('地址', 'Address'),
    pii: 'identifying',
    mask: 'all',
    names: /^(联系|家庭|居住|通讯|单位)?(地址|住址)$|^(home|mailing)?address$/,
  },
  { name: 'education', title: title('学历', 'Education'), names: /^(学历|教育程度)$|^education$/ },
  { name: 'job', title: title('职业', 'Job'), names: /^职业$|^(job|occupation)$/ },
  { name: 'employer', title: title('工作单位', 'Employer'), names: /^(工作)?单位(名称)?$|^employer$/ },
  {
    name: 'marital',
    title: title('婚姻状况', 'Marital status'),
    names: /^婚姻(状况|状态)?$|^marital(status)?$/,
  },
  {
    name: 'annual_income',
    title: title('年收入', 'Annual income'),
    pii: 'sensitive',
    valueType: 'number',
    names: /^(年)?收入$|^(annual)?income$/,
  },
  {
    name: 'aum',
    title: title('管理资产', 'Assets under management'),
    pii: 'sensitive',
    valueType: 'number',
    names: /^(管理资产|资产余额|金融资产|资产总额|aum余额?)$|^aum(balance)?$/,
  },
  {
    name: 'balance',
    title: title('余额', 'Balance'),
    pii: 'sensitive',
    valueType: 'number',
    names: /^(账户|存款|当前|可用)?余额$|^(account|acct|current|available)?balance$/,
  },
  {
    name: 'amount',
    title: title('金额', 'Amount'),
    valueType: 'number',
    names: /^(交易|申请|购买|合同|持有)?金额$|^(transaction|order|apply|contract|pay(ment)?)?amount$/,
  },
  {
    name: 'risk_level',
    title: title('风险承受能力', 'Risk tolerance'),
    names: /^风险(等级|承受能力|级别)$|^risk(level|grade)$/,
  },
  {
    name: 'customer_level',
    title: title('客户等级', 'Customer level'),
    names: /^(客户|vip)(等级|级别|层级)$|^(vip|cust(omer)?)level$/,
  },
  {
    name: 'institution_id',
    title: title('所属机构', 'Institution'),
    names: /^(所属|归属|开户)?(机构|网点|支行)(号|编号|代码)?$|^(branch|institution|org)(no|id|code)$/,
  },
  {
    name: 'manager_id',
    title: title('客户经理', 'Manager'),
    names: /^(管户)?客户经理(号|工号|编号)?$|^(manager)(no|id)$/,
  },
  {
    name: 'opened_on',
    title: title('开户日期', 'Opened on'),
    valueType: 'date',
    names: /^(开户|建档)(日期|日|时间)$|^(account)?open(ed|ing)?(on|date)$/,
  },
  {
    name: 'product_id',
    title: title('产品编号', 'Product'),
    names: /^产品(编号|代码|号)$|^product(no|id|code)$/,
  },
  {
    name: 'product_name',
    title: title('产品名称', 'Product name'),
    names: /^产品(名称|简称)$|^productname$/,
  },
  {
    name: 'currency',
    title: title('币种', 'Currency'),
    names: /^(交易)?(币种|币别|货币)(代码)?$|^currency(code)?$/,
  },
  {
    name: 'transaction_time',
    title: title('交易时间', 'Transaction time'),
    names: TRANSACTION_TIME,
  },
  {
    name: 'transaction_type',
    title: title('交易类型', 'Transaction type'),
    names: /^交易(类型|类别|代码|码)$|^transaction(type|kind|code)$/,
  },
  { name: 'channel', title: title('渠道', 'Channel'), names: /^(交易|申请)?渠道$|^channel$/ },
  {
    name: 'direction',
    title: title('方向', 'Direction'),
    names: /^(交易|资金)?方向$|^(借贷标志|direction)$/,
  },
  {
    name: 'start_date',
    title: title('起息日', 'Start date'),
    valueType: 'date',
    names: /^(起息日|开始日期|生效日期)$|^startdate$/,
  },
  {
    name: 'maturity_date',
    title: title('到期日', 'Maturity date'),
    valueType: 'date',
    names: /^(到期日|到期日期|结束日期)$|^(maturity|end)date$/,
  },
];

export const knownParts: readonly { part: SingleUse; names: RegExp }[] = [
  { part: 'event', names: /^(事件|行为|动作)(名|名称|类型)?$|^(event|action)(name|type)?$/ },
  {
    part: 'messageId',
    names:
      /^(交易|业务|事件)?(流水号|流水|消息编号)$|^(event|message|trace|transaction|trans|txn)(id|no)$|^uuid$/,
  },
  {
    part: 'time',
    names:
      /^(交易|发生|事件|操作|创建|更新|采集)?(时间|日期|时间戳)$|^(event|trans(action)?|txn|created?|updated?|happened)?(time|timestamp|date|at|ts)$/,
  },
  {
    part: 'id',
    names:
      /^(持仓|订单|合同|借据|申请|保单|贷款|企业|公司|集团|产品|机构|项目)?(编号|代码|号)$|^(\w+)?(id|no|code)$/,
  },
  { part: 'granted', names: /^(是否)?(同意|授权|允许)(状态|结果)?$|^(granted|consent|optin|agreed)$/ },
  { part: 'purpose', names: /^(授权)?(用途|目的)$|^purpose$/ },
  { part: 'channel', names: /^(授权|触达)?渠道$|^channel$/ },
  { part: 'validFrom', names: /^(生效|开始|起始)(日期|时间)$|^(valid)?from(date)?$/ },
  { part: 'validTo', names: /^(失效|结束|终止)(日期|时间)$|^(valid)?(to|until)(date)?$/ },
];

/** Types of key that values give away, whatever the column is called. */
export const knownValues: readonly { keyType: string; test: (text: string) => boolean }[] = [
  { keyType: 'mobile', test: (text) => /^(\+?86[- ]?)?1[3-9]\d{9}$/.test(text) },
  { keyType: 'id_number', test: isResidentNumber },
  { keyType: 'email', test: (text) => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(text) },
  { keyType: 'account', test: (text) => /^\d{16,19}$/.test(text) && passesLuhn(text) },
];

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11643-1999: seventeen digits and a check character (ISO 7064, MOD 11-2). */
function isResidentNumber(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text)) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return '10X98765432'[sum % 11] === text[17]?.toUpperCase();
}

/** ISO/IEC 7812-1, Annex B. */
function passesLuhn(text: string): boolean {
  const sum = Array.from(text)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
