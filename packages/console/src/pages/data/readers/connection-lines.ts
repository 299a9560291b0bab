/** Ready lines by which tools connect as a reader. */
interface ReaderAddress {
  /** HTTP interface, such as https://wutong.bank.cn/clickhouse. */
  readonly url: string;
  /** Where the views are. */
  readonly database: string;
  readonly user: string;
  /** What stands for the password, or the password itself while it is shown. */
  readonly password: string;
}

export const lineKinds = ['curl', 'local', 'jdbc'] as const;
export type LineKind = (typeof lineKinds)[number];

const SELECT = 'SELECT event, count() FROM event GROUP BY event';

export function connectionLine(kind: LineKind, { url, database, user, password }: ReaderAddress): string {
  switch (kind) {
    case 'curl':
      return `curl -u '${user}:${password}' '${url}/' --data-binary '${SELECT} FORMAT PrettyCompact'`;
    case 'jdbc':
      // The driver takes the path for the name of the database, and asks at the root of the server.
      return `jdbc:ch:${new URL(url).origin}/${database}?user=${user}&password=${password}`;
    case 'local': {
      const query = encodeURIComponent(SELECT);
      const headers = `headers('X-ClickHouse-User'='${user}', 'X-ClickHouse-Key'='${password}')`;
      return `clickhouse local --query "SELECT * FROM url('${url}/?query=${query}', TabSeparated, 'event String, count UInt64', ${headers})"`;
    }
  }
}
