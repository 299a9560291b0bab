import type { Identity, Resolution, ResolveRecord } from '../../identity/index.ts';
import type { Platform, Transaction } from '../../platform/index.ts';
import type { End, FactOperation, Operation, Profile } from '../../profile/index.ts';
import type { StagedAppender } from '../append-staged.ts';
import type { FileRows } from '../batch.ts';
import { rowMessageId } from '../event-id.ts';
import type { Sources } from '../manage-sources.ts';
import type { AppendOutcome } from '../outcome.ts';
import type { DecodedRecord, EventRecord } from '../record.ts';
import type { Draft, DraftEnd, DraftKey, PlacedDraft, RowRejection } from './draft.ts';

/** What rows are written to one by one. */
export interface RowRooms {
  readonly identity: Pick<Identity, 'resolve'>;
  readonly profile: Pick<Profile, 'apply' | 'meet' | 'writeFacts'>;
  readonly ingest: {
    /** Durable when it resolves; a message id of the source is stored once. */
    append(sourceId: string, records: readonly DecodedRecord[], rows?: FileRows): Promise<AppendOutcome>;
  };
}

/** The rooms that an import writes to. */
export interface ImportRooms extends RowRooms {
  readonly identity: Pick<Identity, 'resolve' | 'resolveKeys' | 'keyTypes'>;
  readonly profile: Pick<
    Profile,
    'apply' | 'loadPeople' | 'meet' | 'writeFacts' | 'writeStagedFacts' | 'declare' | 'catalogue' | 'mirror'
  >;
  readonly ingest: RowRooms['ingest'] & {
    readonly staged: StagedAppender;
    readonly sources: Pick<Sources, 'create' | 'read'>;
  };
}

/** One batch of one file. */
export interface Batch {
  readonly sourceId: string;
  /** Names the file within the source: with the row it makes message ids. */
  readonly messagePrefix: string;
  /** What names a row within the prefix, the same at each reading; default: its number. */
  readonly rowId?: (row: number) => string;
  readonly drafts: readonly PlacedDraft[];
  /** Records of the mapping that carry all that is known of their entity or detail. */
  readonly wholeRecords: ReadonlySet<number>;
}

export interface BatchOutcome {
  /** Records stored, by kind; beside them `duplicate event`, and `blocked key`: values that were passed over. */
  readonly stored: Record<string, number>;
  readonly rejections: RowRejection[];
}

/**
 * Writes one batch; may be done again after a crash with the same outcome. First persons, attributes and consents
 * in one transaction, so that the key numbers are settled; then what carries them into ClickHouse; then events.
 */
export async function loadBatch(platform: Platform, rooms: RowRooms, batch: Batch): Promise<BatchOutcome> {
  const rejections: RowRejection[] = [];
  const stored: Record<string, number> = {};
  const count = (kind: string, by: number): void => void (stored[kind] = (stored[kind] ?? 0) + by);
  const plan = planResolution(batch);

  const nobody = {
    found: new PeopleOfBatch(plan.indexOf, []),
    operations: [],
    places: [],
    outcome: { rejections: [] },
  };
  const writePeople = async (transaction: Transaction): Promise<WrittenPeople> => {
    const resolutions = await rooms.identity.resolve(transaction, plan.records);
    const found = new PeopleOfBatch(plan.indexOf, resolutions);
    const { operations, places } = personOperations(batch, found);
    const outcome = await rooms.profile.apply(transaction, operations);
    // After the attributes, which make most of the rows.
    await rooms.profile.meet(transaction, found.personIds());
    return { found, operations, places, outcome };
  };
  // Events find their persons by themselves.
  const { found, operations, places, outcome } =
    plan.records.length > 0 ? await platform.database.transaction(writePeople) : nobody;
  for (const { index, code, field, detail } of outcome.rejections) {
    rejections.push({ ...placeOf(places[index]!), code, detail: field ? `${field}: ${detail}` : detail });
  }
  for (const kind of ['attributes', 'consent']) {
    count(
      kind === 'attributes' ? 'person' : kind,
      operations.filter((operation) => operation.kind === kind).length,
    );
  }
  for (const placed of batch.drafts) {
    const blocked = found.blockedKeysOf(placed.draft);
    if (blocked > 0) count('blocked key', blocked);
    const problem = found.problemOf(placed.draft);
    if (problem) rejections.push({ ...placeOf(placed), code: 'owner_missing', detail: problem });
  }

  const facts = factOperations(batch, found);
  if (facts.operations.length > 0) {
    const written = await rooms.profile.writeFacts(facts.operations);
    for (const { index, code, field, detail } of written.rejections) {
      rejections.push({
        ...placeOf(facts.places[index]!),
        code,
        detail: field ? `${field}: ${detail}` : detail,
      });
    }
    for (const operation of facts.operations) count(operation.kind, 1);
    for (const each of written.rejections) if (!each.field) count(facts.operations[each.index]!.kind, -1);
  }
  await appendEvents(rooms, batch, rejections, count);
  return { stored, rejections };
}

interface WrittenPeople {
  readonly found: PeopleOfBatch;
  readonly operations: readonly Operation[];
  readonly places: readonly PlacedDraft[];
  readonly outcome: Pick<Awaited<ReturnType<Profile['apply']>>, 'rejections'>;
}

const placeOf = ({ row, record }: PlacedDraft): { row: number; record: number } => ({ row, record });

const messageIdOf = (batch: Batch, { row, record }: { row: number; record: number }): string =>
  rowMessageId(batch.messagePrefix, batch.rowId ? batch.rowId(row) : row, record);

/** Everybody a batch names, each at the first and at the last time they are named: only those count. */
function planResolution(batch: Batch): { records: ResolveRecord[]; indexOf: Map<string, number> } {
  const records: ResolveRecord[] = [];
  const indexOf = new Map<string, number>();
  const times = new Map<number, { first: number; last: number }>();
  const add = (keys: readonly DraftKey[], link: 'bind' | 'none', at: number, place: PlacedDraft): void => {
    // One key says nothing about any other.
    const effective = keys.length > 1 ? link : 'none';
    const id = idOfKeys(keys, effective);
    const index = indexOf.get(id);
    if (index === undefined) {
      indexOf.set(id, records.length);
      const messageId = messageIdOf(batch, place);
      records.push({ keys, link: effective, at, sourceId: batch.sourceId, messageId });
    } else if (at !== records[index]!.at) {
      const { first, last } = times.get(index) ?? { first: at, last: at };
      times.set(index, { first: Math.min(first, at), last: Math.max(last, at) });
    }
  };
  for (const placed of batch.drafts) {
    const { draft } = placed;
    if (draft.kind === 'person') add(draft.keys, draft.link, draft.at, placed);
    else if (draft.kind === 'consent') add(draft.keys, 'none', draft.at, placed);
    for (const end of endsOf(draft)) if ('keys' in end) add(end.keys, 'none', draft.at, placed);
  }
  for (const [index, { first, last }] of times)
    records.push({ ...records[index]!, at: first }, { ...records[index]!, at: last });
  return { records, indexOf };
}

const endsOf = (draft: Draft): readonly DraftEnd[] => {
  if (draft.kind === 'relation') return [draft.from, draft.to];
  return draft.kind === 'detail' ? [draft.owner] : [];
};

/** Also where nothing is said of the keys all of them count: the first one may be refused. */
const idOfKeys = (keys: readonly DraftKey[], link: 'bind' | 'none'): string =>
  `${link}\u001e${keys.map((key) => `${key.type}\u001f${key.value}`).join('\u001e')}`;

/** The persons behind the keys of a batch. */
class PeopleOfBatch {
  constructor(
    private readonly indexOf: ReadonlyMap<string, number>,
    private readonly resolutions: readonly Resolution[],
  ) {}

  of(keys: readonly DraftKey[], link: 'bind' | 'none'): Resolution {
    return this.resolutions[this.indexOf.get(idOfKeys(keys, keys.length > 1 ? link : 'none'))!]!;
  }

  personIds(): number[] {
    return [...new Set(this.resolutions.filter((each) => !each.rejected).map((each) => each.personId))];
  }

  end(end: DraftEnd): End | undefined {
    if (!('keys' in end)) return end;
    const { personId, keyNumber, rejected } = this.of(end.keys, 'none');
    return rejected ? undefined : { type: 'person', personId, keyNumber };
  }

  /** Keys of a person that are blocked, while others say who it is: what is refused is counted by itself. */
  blockedKeysOf(draft: Draft): number {
    return draft.kind === 'person' ? (this.of(draft.keys, draft.link).blockedKeys ?? 0) : 0;
  }

  /** Why a draft has nobody to belong to. */
  problemOf(draft: Draft): string | undefined {
    const asked =
      draft.kind === 'person'
        ? [this.of(draft.keys, draft.link)]
        : draft.kind === 'consent'
          ? [this.of(draft.keys, 'none')]
          : endsOf(draft).flatMap((end) => ('keys' in end ? [this.of(end.keys, 'none')] : []));
    return asked.find((each) => each.rejected)?.rejected;
  }
}

function personOperations(
  batch: Batch,
  people: PeopleOfBatch,
): { operations: Operation[]; places: PlacedDraft[] } {
  const operations: Operation[] = [];
  const places: PlacedDraft[] = [];
  for (const placed of batch.drafts) {
    const { draft, row, record } = placed;
    if ((draft.kind !== 'person' && draft.kind !== 'consent') || people.problemOf(draft)) continue;
    const { personId, keyNumber } = people.of(draft.keys, draft.kind === 'person' ? draft.link : 'none');
    const messageId = messageIdOf(batch, { row, record });
    const common = { personId, keyNumber, at: draft.at, sourceId: batch.sourceId, messageId };
    places.push(placed);
    operations.push(
      draft.kind === 'person'
        ? { kind: 'attributes', ...common, action: draft.action, values: draft.values }
        : {
            kind: 'consent',
            ...common,
            purpose: draft.purpose,
            channel: draft.channel,
            granted: draft.granted,
            proof: draft.proof,
          },
    );
  }
  return { operations, places };
}

function factOperations(
  batch: Batch,
  people: PeopleOfBatch,
): { operations: FactOperation[]; places: PlacedDraft[] } {
  const operations: FactOperation[] = [];
  const places: PlacedDraft[] = [];
  for (const placed of batch.drafts) {
    const operation = factOf(batch, placed, people);
    if (!operation) continue;
    operations.push(operation);
    places.push(placed);
  }
  return { operations, places };
}

function factOf(
  batch: Batch,
  { draft, row, record }: PlacedDraft,
  people: PeopleOfBatch,
): FactOperation | undefined {
  const messageId = messageIdOf(batch, { row, record });
  const whole = batch.wholeRecords.has(record);
  switch (draft.kind) {
    case 'entity':
      return { ...draft, sourceId: batch.sourceId, messageId, whole };
    case 'detail': {
      const owner = people.end(draft.owner);
      return owner && { ...draft, owner, sourceId: batch.sourceId, messageId, whole };
    }
    case 'relation': {
      const { validFrom, validTo, ...rest } = draft;
      const [from, to] = [people.end(draft.from), people.end(draft.to)];
      const bounds = {
        ...(validFrom === undefined ? {} : { validFrom }),
        ...(validTo === undefined ? {} : { validTo }),
      };
      return from && to && { ...rest, ...bounds, from, to, sourceId: batch.sourceId, messageId };
    }
    case 'person':
    case 'consent':
    case 'event':
      return undefined;
  }
}

/** Where events stand that have no name of their own; rows that are named otherwise are claimed one by one. */
function rowsOf(batch: Batch, placed: readonly PlacedDraft[]): FileRows | undefined {
  if (batch.rowId) return undefined;
  return {
    file: batch.messagePrefix,
    places: placed.map(({ draft, row, record }) =>
      draft.kind === 'event' && draft.messageId === undefined ? { row, record } : undefined,
    ),
  };
}

async function appendEvents(
  rooms: RowRooms,
  batch: Batch,
  rejections: RowRejection[],
  count: (kind: string, by: number) => void,
): Promise<void> {
  const placed = batch.drafts.filter(({ draft }) => draft.kind === 'event');
  if (placed.length === 0) return;
  const records = placed.map(({ draft, row, record }): EventRecord => {
    if (draft.kind !== 'event') throw new Error('only events are appended');
    return {
      kind: 'event',
      messageId: draft.messageId ?? messageIdOf(batch, { row, record }),
      time: draft.at,
      keys: draft.keys,
      link: 'none',
      event: draft.event,
      properties: { ...draft.properties },
    };
  });
  const outcome = await rooms.ingest.append(batch.sourceId, records, rowsOf(batch, placed));
  count('event', outcome.stored);
  if (outcome.duplicate > 0) count('duplicate event', outcome.duplicate);
  for (const { index, code } of outcome.rejections)
    rejections.push({ ...placeOf(placed[index]!), code, detail: 'event' });
}
