import { identityApi } from '@wutong/contract';
import { CodedError, type HttpServer, type Platform, type SeenPeople } from '../platform/index.ts';
import type { AssertionRow } from './assertion-store.ts';
import type { Identity, PersonKey } from './front-door.ts';
import { countOpenItems, listItems, readItem, type QuarantineRow } from './quarantine-store.ts';
import { readPersonHistory } from './person-history.ts';
import type { KeyReader } from './read-keys.ts';
import { countKeys, type RulesHolder } from './rules-store.ts';

interface RouteNeeds {
  readonly platform: Platform;
  readonly identity: Identity;
  readonly reader: KeyReader;
  readonly rules: RulesHolder;
}

/** Open items that are looked through for an institution's number of them. */
const COUNTED_ITEMS = 2_000;

/** The room's HTTP operations. */
export function identityRoutes(server: HttpServer, needs: RouteNeeds): void {
  keyTypeRoutes(server, needs);
  peopleRoutes(server, needs);
  quarantineRoutes(server, needs);
}

function keyTypeRoutes(server: HttpServer, { platform, identity }: RouteNeeds): void {
  server.handle(identityApi.listKeyTypes, async () => {
    const counts = await countKeys(platform.database);
    const types = await identity.keyTypes();
    return { items: types.map((type) => ({ ...type, keyCount: counts.get(type.type) ?? 0 })) };
  });
  server.handle(identityApi.saveKeyType, async ({ params, query, body, user }) => {
    if (params.type !== body.type) {
      throw new CodedError('key_type_invalid', {
        details: { reason: 'the type in path and body must be the same' },
      });
    }
    const change = await identity.saveKeyType(body, { dryRun: query.dryRun, actor: user.name });
    return { saved: !query.dryRun, change };
  });
}

const shownKey = (key: PersonKey): { type: string; keyNumber: number; masked: string } => ({
  type: key.type,
  keyNumber: key.keyNumber,
  masked: key.masked,
});

function peopleRoutes(server: HttpServer, { platform, identity, reader }: RouteNeeds): void {
  const keysOf = async (personId: number): Promise<PersonKey[]> => {
    const keys = (await identity.keysOf([personId])).get(personId);
    if (!keys) throw new CodedError('person_not_found');
    return keys;
  };
  server.handle(identityApi.findPeople, async ({ query }) => {
    const found = await identity.findPeople(query.search);
    const keys = await identity.keysOf(found.map((each) => each.personId));
    return {
      items: found.map(({ personId, matched }) => ({
        personId,
        matched: shownKey(matched),
        keys: (keys.get(personId) ?? []).map(shownKey),
      })),
    };
  });
  server.handle(identityApi.findPeopleOfKeys, async ({ body }) => ({
    items: [...(await identity.peopleOfKeys(body.values, body.type))].map(([value, personId]) => ({
      value,
      personId,
    })),
  }));
  server.handle(identityApi.listKeysOfPerson, async ({ params }) => ({
    items: (await keysOf(params.personId)).map((key) => ({
      ...shownKey(key),
      firstSeenAt: new Date(key.firstSeenAt).toISOString(),
      shared: key.shared,
    })),
  }));
  server.handle(identityApi.readMergeHistory, async ({ params, seen }) => {
    const numbers = (await keysOf(params.personId)).map((key) => key.keyNumber);
    const { assertions, moves } = await readPersonHistory(platform.database, params.personId, numbers);
    const statements = [...assertions, ...moves.flatMap((move) => move.evidence)];
    const named = new Set(statements.flatMap((row) => row.key_numbers.map(Number)));
    for (const move of moves) named.add(move.key_number);
    const keys = await reader.keysByNumber(platform.database, [...named]);
    const visible = seen && (await seen.sees([...new Set([...keys.values()].map((key) => key.personId))]));
    const isSeen = (row: AssertionRow): boolean =>
      !visible || row.key_numbers.every((number) => visible.has(keys.get(Number(number))!.personId));
    return {
      assertions: assertions.filter(isSeen).map((row) => shownAssertion(row, keys)),
      changes: moves.map((change) => ({
        sequence: change.sequence,
        keyNumber: change.key_number,
        key: shownKey(keys.get(change.key_number)!),
        oldPersonId: change.old_person_id,
        newPersonId: change.new_person_id,
        at: new Date(change.at).toISOString(),
        cause: change.cause,
        evidence: change.evidence.filter(isSeen).map((row) => shownAssertion(row, keys)),
      })),
    };
  });
  server.handle(identityApi.unmergePerson, ({ params, body, user }) =>
    identity.unmerge({ personId: params.personId, actor: user.name, ...body }),
  );
}

function shownAssertion(row: AssertionRow, keys: ReadonlyMap<number, PersonKey>): identityApi.ShownAssertion {
  return {
    assertionId: row.assertion_id,
    kind: row.kind,
    keys: row.key_numbers.map((number) => shownKey(keys.get(Number(number))!)),
    firstAt: new Date(row.first_at).toISOString(),
    lastAt: new Date(Math.max(row.first_at, row.last_at)).toISOString(),
    sourceId: row.source_id,
    ...(row.actor === null ? {} : { actor: row.actor }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    retracted: row.retracted,
  };
}

function quarantineRoutes(server: HttpServer, { platform, identity, reader }: RouteNeeds): void {
  const countOpenSeen = async (seen: SeenPeople): Promise<number> => {
    const rows = await listItems(platform.database, { state: 'open', limit: COUNTED_ITEMS });
    const numbers = rows.flatMap((row) => [...row.key_numbers, ...countedKeys(row)]);
    const keys = await reader.keysByNumber(platform.database, [...new Set(numbers)]);
    const items = rows.map((row) => shownItem(row, keys));
    return (await itemsSeen(items, seen)).length;
  };
  server.handle(identityApi.listQuarantine, async ({ query, seen }) => {
    const before = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const rows = await listItems(platform.database, { ...query, before, limit: query.limit + 1 });
    const page = rows.slice(0, query.limit);
    const keys = await reader.keysByNumber(platform.database, [
      ...new Set(page.flatMap((row) => [...row.key_numbers, ...countedKeys(row)])),
    ]);
    const last = page.at(-1);
    const items = page.map((row) => shownItem(row, keys));
    const whole = seen ? await itemsSeen(items, seen) : items;
    return {
      items: whole,
      openCount: seen ? await countOpenSeen(seen) : await countOpenItems(platform.database),
      ...(rows.length > query.limit && last ? { nextCursor: `${last.found_at} ${last.item_id}` } : {}),
    };
  });
  server.handle(identityApi.decideQuarantine, async ({ params, body, user, seen }) => {
    if (seen) {
      const item = await readItem(platform.database, params.itemId);
      const keys = await reader.keysByNumber(platform.database, item?.key_numbers ?? []);
      if (item && (await itemsSeen([shownItem(item, keys)], seen)).length === 0)
        throw new CodedError('quarantine_item_not_found');
    }
    return identity.decide({ itemId: params.itemId, actor: user.name, ...body });
  });
}

/** Items all of whose people the caller reaches: half of one could be neither judged nor shown. */
async function itemsSeen(
  items: readonly identityApi.QuarantineItem[],
  seen: SeenPeople,
): Promise<identityApi.QuarantineItem[]> {
  const peopleOf = (item: identityApi.QuarantineItem): number[] =>
    [...item.keys, ...item.counted].map((key) => key.personId);
  const visible = await seen.sees([...new Set(items.flatMap(peopleOf))]);
  return items.filter((item) => peopleOf(item).every((personId) => visible.has(personId)));
}

function readCursor(cursor: string): [number, string] {
  const match = /^(\d{1,15}) ([0-9a-f-]{36})$/.exec(cursor);
  if (!match) throw new CodedError('invalid_request', { details: { reason: 'cursor' } });
  return [Number(match[1]), match[2]!];
}

/** The keys that a guard counted before it stopped the link; items of linking have none. */
function countedKeys(row: QuarantineRow): number[] {
  const { countedKeys: counted } = row.evidence;
  return Array.isArray(counted) ? counted.map(Number) : [];
}

function shownItem(
  row: QuarantineRow,
  keys: ReadonlyMap<number, PersonKey & { personId: number }>,
): identityApi.QuarantineItem {
  const shown = (numbers: readonly number[]) =>
    numbers
      .map((number) => keys.get(number))
      .filter((key) => key !== undefined)
      .map((key) => ({ ...shownKey(key), personId: key.personId }));
  return {
    itemId: row.item_id,
    reason: row.reason,
    state: row.state,
    foundAt: new Date(row.found_at).toISOString(),
    keys: shown(row.key_numbers),
    counted: shown(countedKeys(row)),
    evidence: row.evidence,
    ...(row.decided_at === null ? {} : { decidedAt: new Date(row.decided_at).toISOString() }),
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.decision_reason === null ? {} : { decisionReason: row.decision_reason }),
  };
}
