import { pick, type Draw } from './draw.ts';
import type { BankPerson } from './people.ts';
import { PRODUCTS } from './products.ts';

/** Something a person did. */
export interface Behaviour {
  readonly messageId: string;
  /** Epoch ms. */
  readonly time: number;
  readonly event: string;
  readonly keys: readonly { type: string; value: string }[];
  readonly link?: 'bind';
  readonly properties: Readonly<Record<string, unknown>>;
}

const DAY_MS = 86_400_000;
export const HISTORY_DAYS = 90;

/** Hour of a visit: mornings, noon, and most of all evenings. */
function visitHour(uniform: number): number {
  const hours = [7, 8, 8, 9, 10, 11, 12, 12, 13, 15, 17, 18, 19, 20, 20, 21, 21, 22];
  return pick(hours, uniform);
}

/** 90 days of a person before the demo's start: app visits, looks at products, transactions. */
export function makeHistory(draw: Draw, person: BankPerson, startMs: number): Behaviour[] {
  const history: Behaviour[] = [];
  const chance = (label: string): number => draw(person.index, label);
  const midnight = Math.floor((startMs + 8 * 3_600_000) / DAY_MS) * DAY_MS - 8 * 3_600_000;
  const number = { type: 'customer_number', value: person.customerNumber };

  const visits = person.devices.length === 0 ? 0 : Math.floor(chance('activity') ** 2 * 14) + 1;
  for (let visit = 0; visit < visits; visit++) {
    const day = 1 + Math.floor(chance(`visit ${visit} day`) * (HISTORY_DAYS - 1));
    const time =
      midnight -
      day * DAY_MS +
      (visitHour(chance(`visit ${visit} hour`)) * 60 + chance(`visit ${visit} minute`) * 60) * 60_000;
    const device = { type: 'device', value: pick(person.devices, chance(`visit ${visit} device`)) };
    const id = `${person.customerNumber}-v${visit}`;
    // Some people look around before they log in: those visits carry the device alone.
    const anonymous = person.seenAnonymously && day > 60;
    const keys = anonymous ? [device] : [device, number];
    const link = anonymous ? {} : { link: 'bind' as const };
    history.push({
      messageId: `${id}-open`,
      time,
      event: 'app_open',
      keys,
      ...link,
      properties: {
        app_version: pick(['8.1.0', '8.2.1', '8.3.0'], chance(`visit ${visit} version`)),
        os: chance('os') < 0.6 ? 'Android' : 'iOS',
      },
    });
    const looks = Math.floor(chance(`visit ${visit} looks`) * 3);
    for (let look = 0; look < looks; look++) {
      const product = pick(PRODUCTS, chance(`visit ${visit} look ${look}`));
      history.push({
        messageId: `${id}-look${look}`,
        time: time + (look + 1) * 45_000,
        event: 'view_product',
        keys,
        ...link,
        properties: {
          product_id: product.productId,
          product_name: product.name,
          category: product.kind,
          risk_level: product.riskLevel,
          seconds: Math.round(5 + chance(`visit ${visit} stay ${look}`) * 90),
        },
      });
    }
    if (!anonymous && looks > 1 && chance(`visit ${visit} buys`) < 0.08) {
      const product = pick(PRODUCTS, chance(`visit ${visit} look 0`));
      history.push({
        messageId: `${id}-buy`,
        time: time + 300_000,
        event: 'purchase',
        keys,
        ...link,
        properties: {
          product_id: product.productId,
          category: product.kind,
          amount: Math.round(1 + chance(`visit ${visit} amount`) * 40) * 1000,
        },
      });
    }
  }

  const transfers = Math.floor(chance('transfers') * 7);
  for (let transfer = 0; transfer < transfers; transfer++) {
    const label = `transfer ${transfer}`;
    const day = 1 + Math.floor(chance(`${label} day`) * (HISTORY_DAYS - 1));
    const salary = transfer === 0 && person.job !== '退休' && person.job !== '学生';
    history.push({
      messageId: `${person.customerNumber}-t${transfer}`,
      time: midnight - day * DAY_MS + (9 + chance(`${label} hour`) * 12) * 3_600_000,
      event: salary ? 'salary_in' : 'transaction',
      keys: [{ type: 'account', value: person.accounts[0]! }, number],
      link: 'bind',
      properties: {
        direction: salary || chance(`${label} direction`) < 0.4 ? 'in' : 'out',
        amount: Math.round(Math.exp(5 + chance(`${label} amount`) * 5.5) * 100) / 100,
        channel: pick(['app', 'app', 'app', 'atm', 'counter', 'pos'], chance(`${label} channel`)),
      },
    });
  }
  return history.map((each) => ({ ...each, time: Math.floor(each.time) }));
}
