/** Values of one statement, each bound under a name of its own: no value of a caller ever stands in SQL. */
export class Bindings {
  readonly parameters: Record<string, unknown> = {};
  #count = 0;

  /** Placeholder of a new value of a ClickHouse type. */
  bind(type: string, value: unknown): string {
    const name = `v${this.#count++}`;
    this.parameters[name] = value;
    return `{${name}:${type}}`;
  }

  string(value: string): string {
    return this.bind('String', value);
  }

  /** Epoch ms and other whole numbers. */
  integer(value: number): string {
    return this.bind('Int64', value);
  }

  /** Takes over parameters of SQL made elsewhere; their names begin differently. */
  take(parameters: Readonly<Record<string, unknown>>): void {
    Object.assign(this.parameters, parameters);
  }
}
