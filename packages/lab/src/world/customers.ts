import { hubApi } from '@wutong/contract';
import type { Bank } from '../bank/bank.ts';
import type { BankPerson } from '../bank/people.ts';
import { makeHoldings, RENEWAL_PRODUCT, type Holding } from '../bank/products.ts';
import type { FrontDoor } from '../front-door.ts';
import { GOAL_EVENT, RENEWAL_SLOT } from '../strategies/renewal.ts';
import type { Agenda } from './agenda.ts';
import type { Decision, Journal } from './journal.ts';
import type { LabClock } from './lab-clock.ts';
import { temperamentOf, type Temperament, type Touch } from './temperament.ts';

const DAY_MS = 86_400_000;
const DEMO_DAYS = 8;
/** Everybody entered within an hour of the start, so this is within their seven days. */
const LAST_RENEWAL_MS = 6.95 * DAY_MS;

/** A customer whose money matures during the demo. */
interface Customer {
  readonly person: BankPerson;
  readonly holding: Holding;
  readonly temperament: Temperament;
  renewedAt: number | undefined;
}

/** The customers of the demo, acting by themselves and on what reaches them. */
export interface Customers {
  /** Puts on the agenda what they do untouched: renewals, app visits. */
  begin(): void;
  /** A push arrived on a device. */
  onPush(device: string, messageId: string, title: string): void;
  /** An SMS arrived on a handset. */
  onSms(mobile: string, text: string, reply: (text: string) => void): void;
  /** A manager called. Whether the customer agreed to renew. */
  onCall(customerNumber: string): boolean;
  /** People who share a number. */
  household(mobile: string): number;
  /** How many renewed only because something reached them. */
  persuaded(): number;
}

/** Which telling a text is: only the second speaks of renewing in one step. */
const variantOf = (text: string): string =>
  text.includes('一键续接') && !text.includes('业绩比较基准')
    ? '省心'
    : text.includes('三步') || text.includes('闲置')
      ? '省心'
      : '收益';

export function createCustomers(world: {
  door: FrontDoor;
  bank: Bank;
  clock: LabClock;
  agenda: Agenda;
  appKey: string;
  coreKey: string;
  journal: Journal;
}): Customers {
  const { door, bank, clock, agenda, journal } = world;
  const byDevice = new Map<string, Customer>();
  const byMobile = new Map<string, Customer[]>();
  const byNumber = new Map<string, Customer>();

  for (let index = 0; index < bank.people; index++) {
    const person = bank.person(index);
    const horizon = new Date(bank.startMs + (DEMO_DAYS + 1) * DAY_MS).toISOString().slice(0, 10);
    const holding = makeHoldings(bank.draw, index, person.aumCny, bank.startMs).find(
      (each) => each.maturityDate !== undefined && each.maturityDate <= horizon,
    );
    if (!holding) continue;
    const customer: Customer = {
      person,
      holding,
      temperament: temperamentOf(bank.draw, index),
      renewedAt: undefined,
    };
    byNumber.set(person.customerNumber, customer);
    byMobile.set(person.mobile, [...(byMobile.get(person.mobile) ?? []), customer]);
    for (const device of person.devices) byDevice.set(device, customer);
  }

  const event = (
    customer: Customer,
    name: string,
    messageId: string,
    time: number,
    device: string | undefined,
    properties: object,
  ): object => ({
    kind: 'event',
    messageId,
    time,
    event: name,
    keys: [
      { type: 'customer_number', value: customer.person.customerNumber },
      ...(device ? [{ type: 'device', value: device }] : []),
    ],
    properties,
  });

  /** The money is put into the new product: an event and the new state of the holding. */
  function perform({ customerNumber, at, because }: Decision): void {
    const customer = byNumber.get(customerNumber);
    if (!customer) return;
    customer.renewedAt = at;
    agenda.add(at, async () => {
      const { person, holding } = customer;
      const keys = [{ type: 'customer_number', value: person.customerNumber }];
      await door.collect(world.coreKey, [
        {
          kind: 'event',
          messageId: `renew-${holding.holdingId}`,
          time: at,
          event: GOAL_EVENT,
          keys,
          properties: {
            product_id: RENEWAL_PRODUCT.productId,
            from_holding: holding.holdingId,
            amount: holding.amountCny,
            channel: because,
          },
        },
        {
          kind: 'detail',
          messageId: `renewed-${holding.holdingId}`,
          time: at,
          keys,
          detailType: 'holding',
          detailId: holding.holdingId,
          attributes: { status: 'renewed' },
        },
        {
          kind: 'detail',
          messageId: `bought-${holding.holdingId}N`,
          time: at,
          happenedAt: at,
          keys,
          detailType: 'holding',
          detailId: `${holding.holdingId}N`,
          attributes: {
            product_id: RENEWAL_PRODUCT.productId,
            amount: holding.amountCny,
            bought_at: new Date(at).toISOString(),
            maturity_date: new Date(at + RENEWAL_PRODUCT.termDays * DAY_MS).toISOString().slice(0, 10),
            status: 'active',
          },
        },
      ]);
    });
  }

  /** Decides to renew, once. Whether it was decided now. */
  function renewAt(customer: Customer, at: number, because: string, persuaded: boolean): boolean {
    if (at > bank.startMs + LAST_RENEWAL_MS || customer.renewedAt !== undefined) return false;
    const decision = {
      customerNumber: customer.person.customerNumber,
      at: Math.floor(at),
      because,
      persuaded,
    };
    journal.write(decision);
    perform(decision);
    return true;
  }

  /** A contact was noticed: it may persuade somebody who would not have renewed. */
  function considerAfter(customer: Customer, touch: Touch, variant: string, at: number): boolean {
    const { persuades, afterMs } = customer.temperament.persuades(touch, variant);
    if (!persuades || customer.temperament.renewsAnyway || customer.renewedAt !== undefined) return persuades;
    renewAt(customer, at + afterMs, touch, true);
    return true;
  }

  /** Opens the app: the banner is looked at, and maybe clicked. */
  async function visitApp(customer: Customer, device: string, day: number): Promise<void> {
    const at = Math.floor(clock.now());
    const { items } = await door.call(hubApi.readSlot, {
      params: { slot: RENEWAL_SLOT },
      query: { type: 'device', value: device },
    });
    const events = [
      event(customer, 'app_open', `open-${customer.person.customerNumber}-${day}`, at, device, {
        os: 'Android',
        app_version: '8.3.0',
      }),
    ];
    const [item] = items;
    if (item) {
      const variant = variantOf(item.title + item.body);
      events.push(
        event(customer, '$slot_shown', `shown-${item.messageId}-${day}`, at, device, {
          message_id: item.messageId,
          slot: RENEWAL_SLOT,
        }),
      );
      const { clicks } = customer.temperament.clicks('in_app', variant);
      if (clicks) {
        events.push(
          event(customer, '$message_clicked', `click-${item.messageId}`, at + 4_000, device, {
            message_id: item.messageId,
          }),
        );
        considerAfter(customer, 'in_app', variant, at);
      }
    }
    await door.collect(world.appKey, events);
  }

  return {
    begin() {
      for (const decision of journal.decisions) perform(decision);
      for (const customer of byNumber.values()) {
        const { temperament, person } = customer;
        if (temperament.renewsAnyway) {
          renewAt(customer, bank.startMs + temperament.renewsAfterMs, 'counter', false);
        }
        const [device] = person.devices;
        if (!device) continue;
        for (let day = 0; day < DEMO_DAYS; day++) {
          const within = temperament.opensAppOn(day);
          const midnight = Math.floor((bank.startMs + 8 * 3_600_000) / DAY_MS) * DAY_MS - 8 * 3_600_000;
          const at = within === undefined ? undefined : midnight + day * DAY_MS + within;
          if (at !== undefined && at > bank.startMs + 1_800_000)
            agenda.add(at, () => visitApp(customer, device, day));
        }
      }
    },
    onPush(device, messageId, title) {
      const customer = byDevice.get(device);
      if (!customer) return;
      const variant = variantOf(title);
      const { clicks, afterMs } = customer.temperament.clicks('push', variant);
      if (!clicks) return;
      const at = Math.floor(clock.now() + afterMs);
      agenda.add(at, async () => {
        await door.collect(world.appKey, [
          event(customer, '$message_clicked', `click-${messageId}`, at, device, { message_id: messageId }),
        ]);
        considerAfter(customer, 'push', variant, at);
      });
    },
    onSms(mobile, text, reply) {
      const variant = variantOf(text);
      const path = /https?:\/\/[^\s/]+(\/r\/[\w-]+)/.exec(text)?.[1];
      // On a family's phone the first of the household reads it.
      const customer = byMobile.get(mobile)?.[0];
      if (!customer) return;
      if (customer.temperament.repliesStop) reply('R');
      const { clicks, afterMs } = customer.temperament.clicks('sms', variant);
      if (!clicks || !path) return;
      const at = Math.floor(clock.now() + afterMs);
      agenda.add(at, async () => {
        await door.fetch(path, { redirect: 'manual' });
        considerAfter(customer, 'sms', variant, at);
      });
    },
    onCall(customerNumber) {
      const customer = byNumber.get(customerNumber);
      return customer ? considerAfter(customer, 'call', '', clock.now()) : false;
    },
    household: (mobile) => byMobile.get(mobile)?.length ?? 1,
    persuaded: () => journal.decisions.filter((decision) => decision.persuaded).length,
  };
}
