import type { BoundCondition, BoundEventSource } from '../bind/bound.ts';
import type { Compiler } from './compiler.ts';
import {
  eventCondition,
  EventRange,
  eventScan,
  openEventScan,
  rangeOfEvents,
  scanOfEvents,
} from './event-rows.ts';
import { Frame } from './frame.ts';

/** The part of everybody. */
export const ALL = 0;
const PERSON = { kind: 'person' } as const;
/** People by their own rows, and people with all tables joined that a condition asks of at once. */
const [PEOPLE, JOINED] = ['people', 'joined'] as const;

/** Rows of consents, of which a person has several: conditions on them never hold of one row together. */
export const CONSENTS = 'consents';

/** One pass over some rows, in which conditions become bitmaps of people. */
interface Pass {
  /** What follows FROM. */
  readonly from: string;
  /** SQL of the person of a row. */
  readonly person: string;
  /** By part, SQL over the rows. */
  readonly conditions: ReadonlyMap<number, string>;
  /** A part for everybody who has a row. */
  readonly everybody?: number;
}

/** Conditions on the rows of one scan, a row each person that has any. */
interface ScanConditions {
  readonly nodes: Map<number, BoundCondition>;
  /** Of people who have rows. */
  readonly presentPart: number;
  /** Has compiled the conditions once, so that it knows which events they ask of. */
  readonly rehearsal: Frame;
}

/** What the passes come to. */
export interface MemberSql {
  /** Query of one column, `part`: the parts that hold for people without rows in their pass; undefined: none can. */
  readonly absentSql: string | undefined;
  /** Given the answer, a query of one row with a bitmap for each part, `b0` and so on. */
  readonly rowSql: (absent: ReadonlySet<number>) => string;
}

/** The passes of a statement, and the parts that are decided in them. Equal conditions are one part. */
export class MemberPasses {
  private readonly parts = new Map<string, number>();
  private nextPart = ALL + 1;
  private readonly byPeople: { readonly [PEOPLE]: Frame; readonly [JOINED]: Frame };
  private readonly ofPeople = { [PEOPLE]: new Map<number, string>(), [JOINED]: new Map<number, string>() };
  private readonly ofScans = new Map<string, ScanConditions>();
  private readonly ofConsents = new Map<number, string>();
  private readonly events = new Map<number, BoundEventSource>();

  /** `ofNobody`: the same compiler restricted to nobody. */
  constructor(
    private readonly compiler: Compiler,
    private readonly ofNobody: Compiler,
  ) {
    this.byPeople = { [PEOPLE]: this.frame(), [JOINED]: this.frame() };
  }

  /** Name of the pass that has all that a condition asks for. */
  passOf(node: BoundCondition): string {
    if (node.kind === 'consents') return CONSENTS;
    const probe = this.frame();
    this.compiler.condition(node, { kind: 'frame', frame: probe });
    const { scans, hasColumns, hasStandings } = probe.needs();
    const [scan, ...more] = scans;
    if (scan === undefined) return hasStandings ? JOINED : PEOPLE;
    // At the far ends of relations are people too, of whom nobody may be left out.
    const isApart = more.length === 0 && !hasColumns && !hasStandings && !scan.startsWith('relation ');
    return isApart ? scan : JOINED;
  }

  /** The part of a condition; `name`: of its pass. */
  decided(node: BoundCondition, name: string): number {
    return this.once(node, (part) => {
      if (node.kind === 'consents') {
        const { parameters } = this.compiler;
        const [purpose, channel] = [node.purpose, node.channel].map((each) =>
          parameters.bind('String', each),
        );
        this.ofConsents.set(part, `granted AND purpose = ${purpose} AND channel = ${channel}`);
      } else if (name === PEOPLE || name === JOINED) {
        const frame = this.byPeople[name];
        this.ofPeople[name].set(part, this.compiler.condition(node, { kind: 'frame', frame }));
      } else {
        const scan = this.scanConditions(name);
        scan.nodes.set(part, node);
        this.compiler.condition(node, { kind: 'frame', frame: scan.rehearsal });
      }
    });
  }

  /** The part of people who have events of a source. */
  existing(source: BoundEventSource): number {
    return this.once({ existing: source }, (part) => this.events.set(part, source));
  }

  /** The statement, once every part is known. */
  statement(): MemberSql {
    const scans = [...this.ofScans].map(([name, scan]) => this.scanPass(name, scan));
    const everybody = { [PEOPLE]: { everybody: ALL }, [JOINED]: {} };
    const ofPeople = ([PEOPLE, JOINED] as const).map((name) => ({
      from: `(${this.byPeople[name].toSql()})`,
      person: this.byPeople[name].key,
      conditions: this.ofPeople[name],
      ...everybody[name],
    }));
    // After the scans, which take the events that they read anyway.
    const passes = [...ofPeople, ...scans, ...this.eventPasses(), this.consentPass()];
    const absent = scans.map((scan) => scan.absentSql);
    return {
      absentSql:
        absent.length === 0
          ? undefined
          : `SELECT row.1 AS part FROM (${absent.join(' UNION ALL ')}) WHERE row.2`,
      rowSql: (holding) => this.rowSql(passes, holding),
    };
  }

  private rowSql(passes: readonly Pass[], absent: ReadonlySet<number>): string {
    const presentParts = new Map(
      [...this.ofScans.values()].flatMap(({ nodes, presentPart }) =>
        [...nodes.keys()].filter((part) => absent.has(part)).map((part) => [part, presentPart] as const),
      ),
    );
    // Who has rows at all need only be known where those who have none fit a condition.
    const asked = new Set(presentParts.values());
    const unasked = new Set(
      [...this.ofScans.values()].map((scan) => scan.presentPart).filter((part) => !asked.has(part)),
    );
    const parts = Array.from({ length: this.nextPart }, (_, part) => part).filter(
      (part) => !unasked.has(part),
    );
    const merged = parts.map((part) => `groupBitmapMergeStateIf(row.2, row.1 = ${part}) AS m${part}`);
    const columns = parts.map((part) => {
      const present = presentParts.get(part);
      const bitmap =
        present === undefined ? `m${part}` : `bitmapOr(m${part}, bitmapAndnot(m${ALL}, m${present}))`;
      return `${bitmap} AS b${part}`;
    });
    const queries = passes.flatMap((pass) => passSql(pass, unasked) ?? []);
    return `SELECT ${columns.join(', ')} FROM (SELECT ${merged.join(', ')} FROM (${queries.join(' UNION ALL ')}))`;
  }

  private frame(): Frame {
    return new Frame(this.compiler.people, PERSON);
  }

  private once(node: object, place: (part: number) => void): number {
    const name = JSON.stringify(node);
    let part = this.parts.get(name);
    if (part === undefined) {
      this.parts.set(name, (part = this.nextPart++));
      place(part);
    }
    return part;
  }

  private scanConditions(name: string): ScanConditions {
    let scan = this.ofScans.get(name);
    if (!scan) {
      scan = { nodes: new Map(), presentPart: this.nextPart++, rehearsal: this.frame() };
      this.ofScans.set(name, scan);
    }
    return scan;
  }

  private scanPass(
    name: string,
    { nodes, presentPart, rehearsal }: ScanConditions,
  ): Pass & { readonly absentSql: string } {
    const frame = this.frame();
    const nobody = new Frame(this.ofNobody.people, PERSON);
    const range = rangeOfEvents(rehearsal, name)?.closed();
    if (range) openEventScan(frame, name, range);
    const conditions = new Map<number, string>();
    const ofAbsent: string[] = [];
    for (const [part, node] of nodes) {
      conditions.set(part, this.compiler.condition(node, { kind: 'frame', frame }));
      const holds = this.ofNobody.condition(node, { kind: 'frame', frame: nobody });
      ofAbsent.push(`(toUInt32(${part}), toUInt8(${holds}))`);
    }
    for (const [part, source] of this.events) {
      if (scanOfEvents(source) !== name || !range?.covers(source)) continue;
      // Counted on the way by a pass that reads them anyway.
      const count = eventScan(this.compiler, frame).add(source, (condition) => `countIf(${condition})`);
      conditions.set(part, `${count} > 0`);
      this.events.delete(part);
    }
    return {
      from: `(${frame.scanSql()})`,
      person: frame.key,
      conditions,
      everybody: presentPart,
      absentSql: `SELECT arrayJoin([${ofAbsent.join(', ')}]) AS row FROM (${nobody.absentSql()})`,
    };
  }

  /** What only asks whether there are events needs no group for each person. */
  private eventPasses(): Pass[] {
    const byScan = new Map<string, { part: number; source: BoundEventSource }[]>();
    for (const [part, source] of this.events) {
      const name = scanOfEvents(source);
      byScan.set(name, [...(byScan.get(name) ?? []), { part, source }]);
    }
    return [...byScan.values()].map((asked) => {
      const range = new EventRange();
      for (const { source } of asked) range.widen(source);
      range.closed();
      const conditions = new Map<number, string>();
      for (const { part, source } of asked) {
        const rows = source.event === undefined ? 'of any name' : 'of its name';
        conditions.set(part, eventCondition(this.compiler, source, rows, range));
      }
      const person = this.compiler.presentPerson('person_id', 'key_number');
      return { from: `event${range.whereSql(this.compiler)}`, person, conditions };
    });
  }

  private consentPass(): Pass {
    const { people } = this.compiler;
    const where = people ? ` WHERE ${people.present('person_id')}` : '';
    return { from: `consent FINAL${where}`, person: 'person_id', conditions: this.ofConsents };
  }
}

function passSql(
  { from, person, conditions, everybody }: Pass,
  unasked: ReadonlySet<number>,
): string | undefined {
  const parts = [...conditions].map(([part, condition]) => ({
    part,
    bitmap: `groupBitmapStateIf(${person}, ${condition})`,
  }));
  if (everybody !== undefined && !unasked.has(everybody)) {
    parts.push({ part: everybody, bitmap: `groupBitmapState(${person})` });
  }
  if (parts.length === 0) return undefined;
  const numbers = parts.map(({ part }) => `toUInt32(${part})`).join(', ');
  const bitmaps = parts.map(({ bitmap }) => bitmap).join(', ');
  return `SELECT arrayJoin(arrayZip([${numbers}], [${bitmaps}])) AS row FROM ${from}`;
}
