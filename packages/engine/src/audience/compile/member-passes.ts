import type { BoundCondition, BoundEventSource } from '../bind/bound.ts';
import type { Compiler } from './compiler.ts';
import { coversEvents, eventCondition, EventRange, eventScan, scanOfEvents } from './event-rows.ts';
import { Frame } from './frame.ts';

/** The part of everybody. */
export const ALL = 0;
const PERSON = { kind: 'person' } as const;
const PEOPLE = 'people';
const JOINED = 'joined';
const CONSENT = 'consent';

/** One pass over some rows, in which conditions become bitmaps of people. */
interface Pass {
  /** What follows FROM; to be asked when all conditions are known. */
  from(): string;
  /** SQL of the person of a row. */
  readonly person: string;
  /** By part, SQL over the rows. */
  readonly conditions: Map<number, string>;
  /** The part of those who have rows, where not everybody has. */
  readonly presentPart: number | undefined;
}

/** A pass over the rows of one scan, a row each person that has any; `absent` stands for everybody else. */
interface GroupedPass extends Pass {
  readonly frame: Frame;
  readonly absent: { readonly frame: Frame; readonly conditions: Map<number, string> };
}

/** The passes of a statement, and the parts that are decided in them. Equal conditions are one part. */
export class MemberPasses {
  private readonly joined: Frame;
  private readonly people: Frame;
  private readonly passes = new Map<string, Pass>();
  private readonly grouped = new Map<string, GroupedPass>();
  private readonly parts = new Map<string, number>();
  private readonly waiting = new Map<number, BoundEventSource>();
  private readonly ranges = new Map<string, EventRange>();
  private nextPart = ALL + 1;

  /** `ofNobody`: the same compiler restricted to nobody. */
  constructor(
    private readonly compiler: Compiler,
    private readonly ofNobody: Compiler,
  ) {
    this.joined = new Frame(compiler.people, PERSON);
    this.people = new Frame(compiler.people, PERSON);
    this.passes.set(PEOPLE, framePass(this.people, ALL));
    this.passes.set(JOINED, framePass(this.joined, undefined));
  }

  /** Whether the events that a condition asks of are counted already. */
  keepsCounts(node: BoundCondition): boolean {
    return (
      node.kind === 'compare' &&
      node.left.kind === 'aggregate' &&
      node.left.source.kind === 'event' &&
      this.compiler.counts?.columnOf(node.left.source) !== undefined
    );
  }

  /** The part of a condition, in the pass that can decide it. */
  decided(node: BoundCondition): number {
    return this.once(node, (part) => {
      if (node.kind === 'consents') {
        const consent = this.consentPass();
        const [purpose, channel] = [node.purpose, node.channel].map((each) =>
          this.compiler.parameters.bind('String', each),
        );
        consent.conditions.set(part, `granted AND purpose = ${purpose} AND channel = ${channel}`);
        return;
      }
      const name = this.passFor(node);
      if (name !== PEOPLE && name !== JOINED) {
        const pass = this.groupedPass(name);
        pass.conditions.set(part, this.compiler.condition(node, { kind: 'frame', frame: pass.frame }));
        const { frame, conditions } = pass.absent;
        conditions.set(part, this.ofNobody.condition(node, { kind: 'frame', frame }));
        return;
      }
      const frame = name === PEOPLE ? this.people : this.joined;
      this.passes.get(name)!.conditions.set(part, this.compiler.condition(node, { kind: 'frame', frame }));
    });
  }

  /** The part of people with events of a source; placed when all other conditions are (`placeExisting`). */
  existing(source: BoundEventSource): number {
    return this.once({ exists: source }, (part) => this.waiting.set(part, source));
  }

  /** Puts what only asks whether there are events into passes that read them anyway, or into passes over bare rows. */
  placeExisting(): void {
    for (const [part, source] of this.waiting) {
      const grouped = this.grouped.get(scanOfEvents(source));
      if (grouped && coversEvents(grouped.frame, source)) {
        const scan = eventScan(this.compiler, grouped.frame);
        const count = scan.add(source, (condition) => `countIf(${condition})`);
        grouped.conditions.set(part, `${count} > 0`);
      } else {
        const rows = source.event === undefined ? 'of any name' : 'of its name';
        this.rowsPass(source).conditions.set(part, eventCondition(this.compiler, source, rows));
      }
    }
    this.waiting.clear();
  }

  /** Parts that hold for people without rows in their pass; undefined where there are no such passes. */
  absentSql(): string | undefined {
    const queries = [...this.grouped.values()].map(({ absent: { frame, conditions } }) => {
      const parts = [...conditions].map(([part, condition]) => `(toUInt32(${part}), toUInt8(${condition}))`);
      return `SELECT arrayJoin([${parts.join(', ')}]) AS row FROM (${frame.absentSql()})`;
    });
    if (queries.length === 0) return undefined;
    return `SELECT row.1 AS part FROM (${queries.join(' UNION ALL ')}) WHERE row.2`;
  }

  /** One row with a bitmap for each part. */
  rowSql(absent: ReadonlySet<number>): string {
    const others = new Map<number, number>();
    for (const { absent: nobody, presentPart } of this.grouped.values()) {
      for (const part of nobody.conditions.keys()) if (absent.has(part)) others.set(part, presentPart!);
    }
    const parts = Array.from({ length: this.nextPart }, (_, part) => part);
    const merged = parts.map((part) => `groupBitmapMergeStateIf(row.2, row.1 = ${part}) AS m${part}`);
    const columns = parts.map((part) => {
      const present = others.get(part);
      const rest = present === undefined ? '' : `bitmapAndnot(m${ALL}, m${present})`;
      return `${rest === '' ? `m${part}` : `bitmapOr(m${part}, ${rest})`} AS b${part}`;
    });
    const queries = [...this.passes.values()].flatMap((pass) => passSql(pass) ?? []);
    return `SELECT ${columns.join(', ')} FROM (SELECT ${merged.join(', ')} FROM (${queries.join(' UNION ALL ')}))`;
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

  /** Name of the pass that has all that a condition asks for: a scan, the people's own rows, or all joined. */
  private passFor(node: BoundCondition): string {
    const probe = new Frame(this.compiler.people, PERSON);
    this.compiler.condition(node, { kind: 'frame', frame: probe });
    const { scans, hasColumns, hasStandings } = probe.needs();
    const [scan, ...more] = scans;
    if (scan === undefined) return hasStandings ? JOINED : PEOPLE;
    // The far ends of relations are people too, of whom nobody may be left out.
    const isApart = more.length === 0 && !hasColumns && !hasStandings && !scan.startsWith('relation ');
    return isApart ? scan : JOINED;
  }

  private groupedPass(name: string): GroupedPass {
    let pass = this.grouped.get(name);
    if (!pass) {
      const frame = new Frame(this.compiler.people, PERSON);
      const absent = {
        frame: new Frame(this.ofNobody.people, PERSON),
        conditions: new Map<number, string>(),
      };
      pass = {
        from: () => `(${frame.scanSql()})`,
        person: frame.key,
        conditions: new Map(),
        presentPart: this.nextPart++,
        frame,
        absent,
      };
      this.grouped.set(name, pass);
      this.passes.set(name, pass);
    }
    return pass;
  }

  private rowsPass(source: BoundEventSource): Pass {
    const name = `rows ${scanOfEvents(source)}`;
    let range = this.ranges.get(name);
    if (!range) this.ranges.set(name, (range = new EventRange()));
    range.widen(source);
    const { compiler } = this;
    const opened = range;
    return this.pass(name, () => ({
      from: () => `event${opened.whereSql(compiler)}`,
      person: compiler.presentPerson('person_id', 'key_number'),
      conditions: new Map(),
      presentPart: undefined,
    }));
  }

  private consentPass(): Pass {
    const { people } = this.compiler;
    return this.pass(CONSENT, () => ({
      from: () => `consent FINAL${people ? ` WHERE ${people.present('person_id')}` : ''}`,
      person: 'person_id',
      conditions: new Map(),
      presentPart: undefined,
    }));
  }

  private pass(name: string, open: () => Pass): Pass {
    let pass = this.passes.get(name);
    if (!pass) this.passes.set(name, (pass = open()));
    return pass;
  }
}

function framePass(frame: Frame, presentPart: number | undefined): Pass {
  return { from: () => `(${frame.toSql()})`, person: frame.key, conditions: new Map(), presentPart };
}

function passSql({ from, person, conditions, presentPart }: Pass): string | undefined {
  const parts = [...conditions].map(([part, condition]) => ({
    part,
    bitmap: `groupBitmapStateIf(${person}, ${condition})`,
  }));
  if (presentPart !== undefined) parts.push({ part: presentPart, bitmap: `groupBitmapState(${person})` });
  if (parts.length === 0) return undefined;
  const numbers = parts.map(({ part }) => `toUInt32(${part})`).join(', ');
  const bitmaps = parts.map(({ bitmap }) => bitmap).join(', ');
  return `SELECT arrayJoin(arrayZip([${numbers}], [${bitmaps}])) AS row FROM ${from()}`;
}
