import { ingestApi, profileApi } from '@wutong/contract';
import type { Bank } from './bank.ts';
import { RefusedError, type FrontDoor } from '../front-door.ts';
import { makeHistory } from './behaviour.ts';
import { inRange } from './draw.ts';
import { ATTRIBUTES, DETAIL_TYPES, ENTITY_TYPES, RELATION_TYPES } from './model.ts';
import type { BankPerson } from './people.ts';
import { makeHoldings } from './products.ts';
import { structureFiles } from './structure-files.ts';

/** Where records go. */
export interface BankSources {
  /** Key of the core banking system's source. */
  readonly core: string;
  /** Key of the mobile app's source. */
  readonly app: string;
}

const CHUNK = 500;
const KEYS_CHUNK = 2_000;
/** One waits for the disk while another computes. */
const PARALLEL_CHUNKS = 4;
const DAY_MS = 86_400_000;

/** Creates the sources, or fetches new keys for them when they exist. */
export async function openSources(door: FrontDoor): Promise<BankSources> {
  const open = async (sourceId: string, name: string): Promise<string> => {
    try {
      return (
        await door.call(ingestApi.createSource, {
          body: { sourceId, name, anonymousKeyType: 'device', maximumAgeDays: 3_650 },
        })
      ).key;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.problem.code !== 'source_exists') throw error;
      return (
        await door.call(ingestApi.createSourceKey, {
          params: { sourceId },
          body: { expireOthersInHours: 24 },
        })
      ).key;
    }
  };
  return { core: await open('core_bank', '核心系统'), app: await open('mobile_app', '手机银行') };
}

/** Declares the model: attributes, entities, relations, details. */
export async function declareModel(door: FrontDoor): Promise<void> {
  for (const field of ATTRIBUTES) await door.call(profileApi.declareAttribute, { body: field });
  for (const type of ENTITY_TYPES) await door.call(profileApi.declareEntityType, { body: type });
  for (const type of RELATION_TYPES) await door.call(profileApi.declareRelationType, { body: type });
  for (const type of DETAIL_TYPES) await door.call(profileApi.declareDetailType, { body: type });
  await door.call(profileApi.declarePurpose, {
    body: { purpose: 'marketing', version: 1, title: { zh: '营销', en: 'Marketing' } },
  });
}

/**
 * Loads the bank: its structure as files through the import API, its people and what they did through
 * collection. Safe to repeat: every record has its own id.
 */
export async function loadBank(
  door: FrontDoor,
  bank: Bank,
  sources: BankSources,
  say: (text: string) => void,
): Promise<void> {
  await declareModel(door);
  const { mapping, files } = structureFiles(bank);
  await door.importFiles(mapping, files);
  // Keys first and in order: people then have the same numbers, and so the same draws, in every run.
  for (const [from, to] of inRange(bank.people, KEYS_CHUNK)) {
    const people = Array.from({ length: to - from }, (_, offset) => bank.person(from + offset));
    await expectStored(
      door,
      sources.core,
      people.map((person) => keysRecord(person, bank.startMs)),
      { inOrder: true },
    );
  }
  let events = 0;
  let loaded = 0;
  let saidAt = 0;
  const chunks = [...inRange(bank.people, CHUNK)];
  const worker = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      const [from, to] = chunk;
      const people = Array.from({ length: to - from }, (_, offset) => bank.person(from + offset));
      await expectStored(
        door,
        sources.core,
        people.flatMap((person) => personRecords(bank, person)),
      );
      const history = people.flatMap((person) => makeHistory(bank.draw, person, bank.startMs));
      history.sort((left, right) => left.time - right.time);
      await expectStored(
        door,
        sources.app,
        history.map((each) => ({ kind: 'event', historical: true, ...each })),
      );
      events += history.length;
      loaded += people.length;
      if (loaded - saidAt < bank.people / 5 && loaded < bank.people) continue;
      saidAt = loaded;
      say(
        `示范银行 demo bank: ${loaded.toLocaleString('en-US')} / ${bank.people.toLocaleString('en-US')} 人, ${events.toLocaleString('en-US')} 行为`,
      );
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CHUNKS }, worker));
}

async function expectStored(
  door: FrontDoor,
  key: string,
  records: readonly object[],
  options: { inOrder?: boolean } = {},
): Promise<void> {
  const outcome = await door.collect(key, records, options);
  if (outcome.rejected > 0) {
    const [first] = outcome.rejections;
    throw new Error(
      `${outcome.rejected} records of the demo bank were rejected: ${first?.code} ${first?.message}`,
    );
  }
}

/** All keys of a person, bound together. */
const keysRecord = (person: BankPerson, startMs: number): object => ({
  kind: 'identity',
  messageId: `keys-${person.customerNumber}`,
  time: startMs - 95 * DAY_MS,
  historical: true,
  link: 'bind',
  keys: [
    { type: 'customer_number', value: person.customerNumber },
    { type: 'id_number', value: person.idNumber },
    { type: 'mobile', value: person.mobile },
    ...person.accounts.map((value) => ({ type: 'account', value })),
    ...(person.email ? [{ type: 'email', value: person.email }] : []),
    ...(person.openId ? [{ type: 'open_id', value: person.openId }] : []),
  ],
});

/** Everything the core system knows of a person. */
function personRecords(bank: Bank, person: BankPerson): object[] {
  const id = person.customerNumber;
  const time = bank.startMs - 95 * DAY_MS;
  const number = { type: 'customer_number', value: id };
  const records: object[] = [
    {
      kind: 'attributes',
      messageId: `portrait-${id}`,
      time,
      historical: true,
      keys: [number],
      operation: 'set',
      attributes: {
        name: person.name,
        gender: person.gender,
        birth_date: person.birthDate,
        city: person.city,
        job: person.job,
        marital: person.marital,
        education: person.education,
        aum: person.aumCny,
        risk_level: person.riskLevel,
        risk_assessed_at: new Date(bank.startMs - person.riskAssessedDaysAgo * DAY_MS)
          .toISOString()
          .slice(0, 10),
        institution_id: person.institutionId,
        manager_id: person.managerId,
      },
    },
    {
      kind: 'relation',
      messageId: `managed-${id}`,
      time,
      historical: true,
      relationType: 'managed_by',
      keys: [number],
      to: { type: 'manager', id: person.managerId },
    },
    {
      kind: 'relation',
      messageId: `belongs-${id}`,
      time,
      historical: true,
      relationType: 'belongs_to',
      keys: [number],
      to: { type: 'institution', id: person.institutionId },
    },
  ];
  for (const channel of person.consents) {
    records.push({
      kind: 'consent',
      messageId: `consent-${id}-${channel}`,
      time,
      historical: true,
      keys: [number],
      purpose: 'marketing',
      channel,
      granted: true,
    });
  }
  if (person.optedOutOfSms && person.consents.includes('sms')) {
    records.push({
      kind: 'consent',
      messageId: `opt-out-${id}`,
      time: bank.startMs - 20 * DAY_MS,
      historical: true,
      keys: [number],
      purpose: 'marketing',
      channel: 'sms',
      granted: false,
    });
  }
  for (const holding of makeHoldings(bank.draw, person.index, person.aumCny, bank.startMs)) {
    records.push({
      kind: 'detail',
      messageId: `holding-${holding.holdingId}`,
      time,
      historical: true,
      happenedAt: Math.floor(holding.boughtAt),
      keys: [number],
      detailType: 'holding',
      detailId: holding.holdingId,
      attributes: {
        product_id: holding.productId,
        amount: holding.amountCny,
        bought_at: new Date(holding.boughtAt).toISOString(),
        ...(holding.maturityDate ? { maturity_date: holding.maturityDate } : {}),
        status: 'active',
      },
    });
  }
  return records;
}
