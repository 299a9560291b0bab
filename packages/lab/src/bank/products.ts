import { normal, pick, type Draw } from './draw.ts';

/** A product on the shelf. */
export interface Product {
  readonly productId: string;
  readonly name: string;
  readonly kind: 'wealth' | 'deposit' | 'fund' | 'insurance';
  readonly riskLevel: 'R1' | 'R2' | 'R3' | 'R4' | 'R5';
  /** Percent a year. */
  readonly yieldPercent: number;
  readonly termDays: number;
}

export const PRODUCTS: readonly Product[] = [
  {
    productId: 'W101',
    name: '梧桐安盈 90 天',
    kind: 'wealth',
    riskLevel: 'R2',
    yieldPercent: 2.65,
    termDays: 90,
  },
  {
    productId: 'W102',
    name: '梧桐安盈 180 天',
    kind: 'wealth',
    riskLevel: 'R2',
    yieldPercent: 2.85,
    termDays: 180,
  },
  {
    productId: 'W201',
    name: '梧桐稳进一年',
    kind: 'wealth',
    riskLevel: 'R3',
    yieldPercent: 3.3,
    termDays: 365,
  },
  {
    productId: 'W301',
    name: '梧桐进取混合',
    kind: 'wealth',
    riskLevel: 'R4',
    yieldPercent: 4.1,
    termDays: 540,
  },
  {
    productId: 'D001',
    name: '三年期定期存款',
    kind: 'deposit',
    riskLevel: 'R1',
    yieldPercent: 1.75,
    termDays: 1095,
  },
  {
    productId: 'D002',
    name: '大额存单一年',
    kind: 'deposit',
    riskLevel: 'R1',
    yieldPercent: 1.55,
    termDays: 365,
  },
  { productId: 'F001', name: '沪深指数联接', kind: 'fund', riskLevel: 'R4', yieldPercent: 5.2, termDays: 0 },
  { productId: 'F002', name: '短债精选', kind: 'fund', riskLevel: 'R2', yieldPercent: 2.4, termDays: 0 },
  {
    productId: 'I001',
    name: '长青年金',
    kind: 'insurance',
    riskLevel: 'R2',
    yieldPercent: 2.5,
    termDays: 3650,
  },
];

/** The product that maturing money is invited into. */
export const RENEWAL_PRODUCT = PRODUCTS[0]!;

/** Something a person holds. */
export interface Holding {
  readonly holdingId: string;
  readonly productId: string;
  readonly amountCny: number;
  /** Epoch ms. */
  readonly boughtAt: number;
  /** YYYY-MM-DD; undefined for products without term. */
  readonly maturityDate: string | undefined;
}

const DAY_MS = 86_400_000;
/** Share of people one of whose holdings matures within the first week. */
const MATURING_SHARE = 0.16;

/** Holdings of a person at the demo's start. */
export function makeHoldings(draw: Draw, index: number, aumCny: number, startMs: number): Holding[] {
  const holdings: Holding[] = [];
  const matures = draw(index, 'matures') < MATURING_SHARE;
  const more = Math.floor(draw(index, 'holdings') * 3.2 - 0.9);
  const count = Math.max(0, more) + (matures ? 1 : 0);
  for (let number = 0; number < count; number++) {
    const label = `holding ${number}`;
    const isMaturing = matures && number === 0;
    const product = isMaturing
      ? pick(PRODUCTS.slice(0, 3), draw(index, label))
      : pick(PRODUCTS, draw(index, label));
    // From the second day on, so that nobody matures while the loop is being prepared.
    const daysToMaturity = isMaturing
      ? 1 + Math.floor(draw(index, `${label} days`) * 6)
      : 9 + Math.floor(draw(index, `${label} days`) * 170);
    const spread = normal(draw(index, `${label} a`), draw(index, `${label} b`));
    holdings.push({
      holdingId: `H${String(index).padStart(8, '0')}${number}`,
      productId: product.productId,
      amountCny: Math.max(1_000, Math.round((aumCny * 0.35 * Math.exp(0.3 * spread)) / 1_000) * 1_000),
      boughtAt:
        startMs - Math.min(Math.max(product.termDays, 30), 400) * DAY_MS + daysToMaturity * DAY_MS - DAY_MS,
      maturityDate:
        product.termDays > 0
          ? new Date(startMs + 8 * 3_600_000 + daysToMaturity * DAY_MS).toISOString().slice(0, 10)
          : undefined,
    });
  }
  return holdings;
}
