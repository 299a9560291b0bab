import { normal, pick, type Draw } from './draw.ts';

/** A company that banks with us, its legal representative among our people, and its group. */
export interface Company {
  readonly companyId: string;
  readonly name: string;
  readonly industry: string;
  readonly registeredCapitalCny: number;
  readonly legalRepresentative: number;
  readonly groupId: string | undefined;
  readonly loan:
    { loanId: string; amountCny: number; endDate: string; status: 'normal' | 'overdue' } | undefined;
}

const PLACES = ['云栖', '江畔', '青禾', '望潮', '启明', '松岭', '南屏', '澄湖', '远山', '新桥'];
const TRADES = [
  ['精密制造', '制造业'],
  ['供应链', '批发零售'],
  ['新能源', '制造业'],
  ['生物科技', '科研服务'],
  ['餐饮管理', '住宿餐饮'],
  ['软件', '信息技术'],
  ['建筑工程', '建筑业'],
  ['文化传媒', '文化体育'],
] as const;
const DAY_MS = 86_400_000;

/** Companies of a bank of this many people: about one for fifty. */
export function makeCompanies(draw: Draw, people: number, startMs: number): Company[] {
  const count = Math.max(2, Math.floor(people / 50));
  return Array.from({ length: count }, (_, number) => {
    const [trade, industry] = pick(TRADES, draw(number, 'trade'));
    const hasLoan = draw(number, 'loan') < 0.4;
    return {
      companyId: `E${String(number + 1).padStart(6, '0')}`,
      name: `${pick(PLACES, draw(number, 'place'))}${trade}（示范${number + 1}）有限公司`,
      industry,
      registeredCapitalCny:
        Math.round(
          Math.exp(14.5 + 1.2 * normal(draw(number, 'capital a'), draw(number, 'capital b'))) / 10_000,
        ) * 10_000,
      legalRepresentative: Math.floor(draw(number, 'representative') * people),
      groupId:
        draw(number, 'group') < 0.15
          ? `G${String(1 + Math.floor(draw(number, 'group id') * Math.max(1, count / 20))).padStart(4, '0')}`
          : undefined,
      loan: hasLoan
        ? {
            loanId: `L${String(number + 1).padStart(6, '0')}`,
            amountCny: Math.round(200_000 + draw(number, 'loan amount') * 8_000_000),
            endDate: new Date(startMs + (draw(number, 'loan end') * 500 - 30) * DAY_MS)
              .toISOString()
              .slice(0, 10),
            status: draw(number, 'loan status') < 0.95 ? 'normal' : 'overdue',
          }
        : undefined,
    };
  });
}
