/** A value as the interpreter holds it; dates `YYYY-MM-DD`, instants epoch ms, null when missing. */
export type Plain = string | number | boolean | readonly string[] | ReadonlyMap<string, number> | null;

/** A value where a text or a date is meant. */
export function plainText(value: Plain): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export type Fields = Readonly<Record<string, Plain>>;

/** A row that carries the person at its arrival and the key it came with. */
interface Arrived {
  readonly personId: number;
  readonly keyNumber: number;
}

export interface WorldEvent extends Arrived {
  readonly event: string;
  /** Epoch ms UTC. */
  readonly time: number;
  /** UUID; orders events of one instant. */
  readonly eventId: string;
  readonly source: string;
  readonly properties: Fields;
}

export interface WorldDetail extends Arrived {
  readonly type: string;
  readonly detailId: string;
  /** `person` or an entity type, and the entity's id. */
  readonly ownerType: string;
  readonly ownerId: string;
  readonly time: number;
  readonly version: number;
  readonly fields: Fields;
}

export interface WorldRelation {
  readonly type: string;
  readonly fromType: string;
  readonly fromId: string;
  readonly toType: string;
  readonly toId: string;
  readonly validFrom: number;
  readonly validTo: number;
}

export interface WorldChange {
  readonly segmentId: string;
  readonly run: number;
  readonly personId: number;
  readonly at: number;
  readonly direction: 'entered' | 'left';
  readonly cause: string;
}

/** Everything an expression can be about, in memory. Relations name people by key number. */
export interface World {
  readonly people: ReadonlyMap<number, Fields>;
  readonly entities: ReadonlyMap<string, ReadonlyMap<string, Fields>>;
  readonly events: readonly WorldEvent[];
  /** All states of details; of each detail the one with the highest version is the newest. */
  readonly details: readonly WorldDetail[];
  readonly relations: readonly WorldRelation[];
  readonly consents: readonly { personId: number; purpose: string; channel: string; granted: boolean }[];
  readonly tags: ReadonlyMap<string, ReadonlyMap<number, Plain>>;
  readonly members: ReadonlyMap<string, ReadonlySet<number>>;
  readonly changes: readonly WorldChange[];
  /** Present person of keys that moved. */
  readonly moved: ReadonlyMap<number, number>;
  /** Epoch ms: relations are taken as valid at it. */
  readonly now: number;
}

/** Present person of a row. */
export function presentOf(world: World, row: Arrived): number {
  return world.moved.get(row.keyNumber) ?? row.personId;
}
