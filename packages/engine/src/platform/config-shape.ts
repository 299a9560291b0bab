/** Everything that can be set from outside; read once, in config.ts. */
export interface Config {
  readonly port: number;
  /** Address to listen on; loopback unless told otherwise. */
  readonly host: string;
  readonly dataDirectory: string;
  readonly databaseUrl: string | undefined;
  readonly clickhouseUrl: string | undefined;
  /** Name of a ClickHouse cluster; tables are then sharded by person. */
  readonly clickhouseCluster: string | undefined;
  /** API token of the administrator, when given from outside. */
  readonly adminToken: string | undefined;
  /** Address under which people and suppliers reach us, for links in messages; no trailing slash. */
  readonly publicUrl: string;
  /** Folder of files of sources that may be mapped; default: `warehouse` in the data directory. */
  readonly warehouseFolder?: string | undefined;
  /** Folder below which outputs write files; default: `outputs` in the data directory. */
  readonly outputDirectory?: string | undefined;
  /** IANA zone of the bank: quiet hours, calendar days, display. */
  readonly timeZone: string;
  readonly bankName: string;
  readonly logLevel: string;
  /** Which loops this process runs: `api` answers HTTP, `worker` moves strategies and messages. */
  readonly roles: ReadonlySet<'api' | 'worker'>;
  /** Start of a demo clock, epoch ms; undefined means real time. */
  readonly demoClockStartMs: number | undefined;
}
