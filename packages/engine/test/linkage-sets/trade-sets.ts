import {
  capital,
  dateOf,
  digits,
  Draw,
  inventWords,
  mistype,
  twoFiles,
  type LinkageSet,
} from './draw-values.ts';

const SURNAMES = inventWords(21, 700);
const GIVEN = inventWords(22, 150);
const REASONS = ['rent', 'salary', 'invoice', 'gift', 'loan', 'fees', 'order', '', '', 'deposit', 'refund'];
const WAYS = ['TRF', 'BGC', 'CHQ', 'DD', 'FPS', ''];

/** Payments that leave and the same payments as they arrive: later, less a fee or at a rate, with less text. */
export function payments(count: number): LinkageSet {
  const payers = Array.from({ length: Math.ceil(count / 12) }, (_, index) => {
    const draw = new Draw(index + 40_000);
    return [draw.pick(GIVEN), draw.chance(0.4) ? draw.pick(GIVEN) : '', draw.common(SURNAMES)] as const;
  });
  return twoFiles(
    ['text', 'booked_on', 'amount'],
    { first: count, second: count, both: count },
    (entity, file) => {
      const facts = new Draw(entity + 50_000);
      const [given, middle, surname] = facts.pick(payers);
      const short = facts.below(3);
      const who = [short > 0 ? given[0] : given, middle && (short > 1 ? middle[0] : middle), surname]
        .filter(Boolean)
        .join(' ');
      const reference = facts.chance(0.2) ? digits(facts, 7) : facts.pick(REASONS);
      const text = `${who} ${reference} ${facts.pick(WAYS)}`.toUpperCase().trim();
      const day = 44_500 + facts.below(120);
      const amount = Math.exp(2.5 + 2 * Math.abs(facts.normal()) + facts.next());
      if (file === 'a') return [text.slice(0, 18).trim(), dateOf(day), amount.toFixed(2)];
      const draw = new Draw(entity + 60_000);
      const later = draw.chance(0.85) ? draw.below(4) : draw.below(15);
      const fee = draw.chance(0.5)
        ? 0
        : draw.chance(0.4)
          ? -(0.5 + draw.below(4) / 2)
          : amount * 0.03 * draw.normal();
      const arrived = Math.max(0.01, amount + fee);
      return [
        draw.chance(0.4) ? text.slice(0, 8 + draw.below(10)).trim() : text,
        dateOf(day + later),
        draw.chance(0.1) ? String(Math.round(arrived)) : arrived.toFixed(2),
      ];
    },
  );
}

const TRADES = [
  ['technologies', 'tech'],
  ['engineering', 'eng'],
  ['international', 'intl'],
  ['manufacturing', 'mfg'],
  ['consulting', 'consulting'],
  ['logistics', 'logistics'],
  ['foods', 'foods'],
  ['brothers', 'bros'],
  ['services', 'svcs'],
  ['trading', 'trading'],
] as const;
const FORMS = [
  ['limited', 'ltd', 'ltd.'],
  ['incorporated', 'inc', 'inc.'],
  ['corporation', 'corp', 'corp.'],
  ['company', 'co', 'co.'],
  ['llc', 'l.l.c.', 'llc'],
] as const;
const COINED = inventWords(23, 1500);
const STREETS = inventWords(24, 300);
const CITIES = inventWords(25, 60);

/** Two lists of companies: legal forms, abbreviations and an address in one piece. */
export function companies(count: number): LinkageSet {
  return twoFiles(
    ['company', 'address', 'telephone'],
    { first: count, second: count, both: Math.floor(count * 0.5) },
    (entity, file) => {
      const facts = new Draw(entity + 80_000);
      const words = [facts.pick(COINED), facts.chance(0.5) ? facts.common(COINED) : ''].filter(Boolean);
      const trade = facts.pick(TRADES);
      const form = facts.pick(FORMS);
      const number = 1 + facts.below(400);
      const street = facts.pick(STREETS);
      const city = facts.pick(CITIES);
      const zip = digits(facts, 5);
      const telephone = `${digits(facts, 3)}${digits(facts, 7)}`;
      const draw = new Draw(entity * 2 + (file === 'a' ? 0 : 1) + 85_000);
      const name = [...words, draw.pick(trade), draw.chance(0.2) ? '' : draw.pick(form)].filter(Boolean);
      const address = draw.pick([
        `${number} ${street} street, ${city} ${zip}`,
        `${street} st ${number}, ${zip} ${city}`,
        `${number} ${street} st., ${city}`,
      ]);
      return [
        (draw.chance(0.1)
          ? mistype(name.join(' '), draw)
          : name.join(draw.chance(0.05) ? '-' : ' ')
        ).toUpperCase(),
        draw.chance(0.15) ? '' : address,
        draw.chance(0.4) ? '' : telephone,
      ];
    },
  );
}

const PLACES = '上海 北京 深圳 广州 杭州 南京 成都 武汉 苏州 天津 宁波 青岛 厦门 长沙 合肥'.split(' ');
const COINED_CHINESE = Array.from(
  '华信德瑞恒泰金盛鼎宏达远通利丰康安博创智联众合嘉源天润海纳百川启明星辰云峰新光正兴',
);
const LINES =
  '科技 网络科技 信息技术 贸易 实业 投资管理 医疗器械 食品 物流 建筑工程 餐饮管理 环保科技 机械制造 文化传媒'.split(
    ' ',
  );
const DISTRICTS = '浦东新区 高新区 开发区 朝阳区 南山区 天河区 西湖区 江北区'.split(' ');
const ROADS = '人民 中山 解放 建设 和平 长江 黄河 科技 创业 软件园 金融 世纪 学府 滨江 工业'.split(' ');

/** Companies in Chinese: with and without place and legal form, addresses with and without their units. */
export function chineseCompanies(count: number): LinkageSet {
  return twoFiles(
    ['名称', '地址', '电话'],
    { first: count, second: count, both: Math.floor(count * 0.5) },
    (entity, file) => {
      const facts = new Draw(entity + 110_000);
      const place = facts.pick(PLACES);
      const coined = Array.from({ length: 2 + facts.below(2) }, () => facts.pick(COINED_CHINESE)).join('');
      const line = facts.pick(LINES);
      const form = facts.pick(['有限公司', '有限公司', '股份有限公司', '有限责任公司']);
      const where = [
        facts.pick(DISTRICTS),
        facts.pick(ROADS),
        1 + facts.below(900),
        1 + facts.below(20),
        100 + facts.below(2000),
      ];
      const telephone = `0${20 + facts.below(10)}-${digits(facts, 8)}`;
      const draw = new Draw(entity * 2 + (file === 'a' ? 0 : 1) + 115_000);
      const name = draw.pick([
        `${place}${coined}${line}${form}`,
        `${place}市${coined}${line}${form}`,
        `${coined}（${place}）${line}${form}`,
        `${coined}${line}${draw.chance(0.5) ? '有限公司' : ''}`,
        `${place}${coined}${line.slice(0, 2)}`,
      ]);
      const address = draw.pick([
        `${place}市${where[0]}${where[1]}路${where[2]}号${where[3]}栋${where[4]}室`,
        `${where[0]}${where[1]}路${where[2]}号${where[3]}幢${where[4]}`,
        `${place}${where[1]}路${where[2]}号`,
      ]);
      return [
        name,
        draw.chance(0.15) ? '' : address,
        draw.chance(0.5) ? '' : draw.chance(0.5) ? telephone : telephone.replace('-', ''),
      ];
    },
  );
}

const SUBJECTS = inventWords(26, 800);
const GLUE = ['of', 'for', 'in', 'and', 'with', 'the', 'on', 'a'];
const VENUES = [
  ['vldb', 'very large data bases'],
  ['sigmod conference', 'international conference on management of data'],
  ['acm trans. database syst.', 'acm transactions on database systems (tods)'],
  ['vldb j.', 'the vldb journal'],
  ['sigmod record', 'acm sigmod record'],
] as const;

/** Two catalogues of papers: authors in full and by initials, venues by other names, titles cut and mistyped. */
export function papers(count: number): LinkageSet {
  return twoFiles(
    ['title', 'authors', 'venue', 'year'],
    { first: count, second: Math.floor(count * 0.9), both: Math.floor(count * 0.8) },
    (entity, file) => {
      const facts = new Draw(entity + 130_000);
      const title = Array.from({ length: 4 + facts.below(7) }, (_, place) =>
        place % 3 === 1 ? facts.pick(GLUE) : facts.common(SUBJECTS),
      ).join(' ');
      const authors = Array.from(
        { length: 1 + facts.below(4) },
        () => [facts.pick(GIVEN), facts.common(SURNAMES)] as const,
      );
      const venue = facts.pick(VENUES);
      const year = 1994 + facts.below(10);
      const draw = new Draw(entity * 2 + (file === 'a' ? 0 : 1) + 135_000);
      const names = authors.map(([given, surname]) =>
        file === 'b' && draw.chance(0.2) ? `${given[0]}. ${surname}` : `${given} ${surname}`,
      );
      if (file === 'b' && draw.chance(0.3)) names.reverse();
      return [
        draw.chance(0.08) ? mistype(title, draw) : draw.chance(0.05) ? title.slice(0, 30) : capital(title),
        draw.chance(0.04) ? '' : names.map((name) => name.split(' ').map(capital).join(' ')).join(', '),
        venue[file === 'a' ? 0 : 1],
        String(draw.chance(0.03) ? year + 1 : year),
      ];
    },
  );
}

const MAKERS = inventWords(27, 120);
const WARES = inventWords(28, 250);
const KINDS = [
  'software',
  'edition',
  'upgrade',
  'license',
  'pro',
  'deluxe',
  'standard',
  'suite',
  'mac',
  'windows',
  'cd',
  'full version',
  'academic',
  '2007',
];

/** Offers of two shops: other words around the same ware, makers mostly missing, prices near each other. */
export function products(count: number): LinkageSet {
  return twoFiles(
    ['name', 'manufacturer', 'price'],
    { first: count, second: count * 2, both: Math.floor(count * 0.8) },
    (entity, file) => {
      const facts = new Draw(entity + 140_000);
      const maker = facts.common(MAKERS);
      const core = [
        facts.pick(WARES),
        facts.pick(WARES),
        facts.chance(0.5) ? `${1 + facts.below(12)}.${facts.below(10)}` : '',
        facts.pick(KINDS),
      ];
      const price = Math.round(Math.exp(3 + facts.normal())) + 0.99;
      const draw = new Draw(entity * 2 + (file === 'a' ? 0 : 1) + 145_000);
      const named = file === 'a' ? draw.chance(0.9) : draw.chance(0.15);
      const words = [
        draw.chance(0.6) ? maker : '',
        ...core.filter(() => draw.chance(0.93)),
        draw.chance(0.5) ? draw.pick(KINDS) : '',
        draw.chance(0.3) ? draw.pick(KINDS) : '',
      ];
      return [
        words.filter(Boolean).join(' '),
        named ? maker + (file === 'b' ? ' inc' : '') : '',
        draw.chance(0.1) ? '' : (draw.chance(0.4) ? price : price * (1 + 0.15 * draw.normal())).toFixed(2),
      ];
    },
  );
}

const DISHES = [
  'american',
  'italian',
  'french',
  'chinese',
  'steakhouses',
  'seafood',
  'bbq',
  'delis',
  'mexican',
  'asian',
];
const TOWNS = ['new york', 'los angeles', 'san francisco', 'atlanta', 'las vegas', 'santa monica'];

/** Two guides to restaurants: few records, few of them in both. */
export function restaurants(): LinkageSet {
  return twoFiles(
    ['name', 'address', 'city', 'phone', 'type'],
    { first: 530, second: 330, both: 110 },
    (entity, file) => {
      const facts = new Draw(entity + 150_000);
      const name = [
        facts.pick(COINED),
        facts.chance(0.5)
          ? facts.pick(['grill', 'cafe', 'house', 'bistro', 'inn', 'kitchen'])
          : facts.common(COINED),
      ];
      const number = 1 + facts.below(9000);
      const street = facts.pick(STREETS);
      const side = facts.pick(['', 'w.', 'e.', 's.', 'n.']);
      const town = facts.common(TOWNS);
      const phone = [200 + facts.below(600), digits(facts, 3), digits(facts, 4)];
      const dish = facts.pick(DISHES);
      const draw = new Draw(entity * 2 + (file === 'a' ? 0 : 1) + 155_000);
      const avenue = file === 'a' ? 'ave.' : 'avenue';
      return [
        [...name, draw.chance(0.2) ? draw.pick(['the', 'restaurant', `(${town})`]) : '']
          .filter(Boolean)
          .join(' '),
        [
          number,
          side,
          street,
          entity % 2 === 0 ? avenue : 'st.',
          draw.chance(0.2) ? `between 5th and 6th` : '',
        ]
          .filter((part) => part !== '')
          .join(' '),
        draw.chance(0.1) ? draw.pick(TOWNS) : town,
        phone.join(file === 'a' ? '/' : '-').replace('/', file === 'a' ? '/' : '-'),
        draw.chance(0.5) ? dish : draw.pick(DISHES),
      ];
    },
  );
}
