/** Values of a statement under construction, each bound as `{name:Type}`; equal values share a name. */
export class Parameters {
  readonly values: Record<string, unknown> = {};
  private readonly names = new Map<string, string>();
  private readonly prefix: string;

  /** `prefix` keeps the names apart from those of a statement this one is put into. */
  constructor(prefix = 'p') {
    this.prefix = prefix;
  }

  /** Placeholder for a value of a ClickHouse type. */
  bind(type: string, value: unknown): string {
    const identity = `${type} ${JSON.stringify(value)}`;
    let name = this.names.get(identity);
    if (name === undefined) {
      name = `${this.prefix}${this.names.size}`;
      this.names.set(identity, name);
      this.values[name] = value;
    }
    return `{${name}:${type}}`;
  }

  /** An instant, from epoch ms UTC. */
  instant(epochMs: number): string {
    return `fromUnixTimestamp64Milli(${this.bind('Int64', Math.trunc(epochMs))}, 'UTC')`;
  }

  /** A calendar date, from `YYYY-MM-DD`. */
  date(text: string): string {
    return `toDate32(${this.bind('String', text)})`;
  }
}

/** A time zone as ClickHouse wants it: a constant in the text. Zones were checked against the runtime's list. */
export function zoneLiteral(timeZone: string): string {
  if (!/^[A-Za-z0-9_+\-/]{1,64}$/.test(timeZone)) throw new Error(`not a time zone: ${timeZone}`);
  return `'${timeZone}'`;
}
