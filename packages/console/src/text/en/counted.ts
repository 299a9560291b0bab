/** A count with its noun: "1 property", "2 properties". The count is written already. */
export const counted =
  (one: string, many = `${one}s`) =>
  (count: string): string =>
    `${count} ${count === '1' ? one : many}`;
