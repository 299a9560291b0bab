/** A count with its noun: "1 property", "2 properties". The count is written already. */
export const counted =
  (one: string, many = `${one}s`) =>
  (count: string): string =>
    `${count} ${count === '1' ? one : many}`;

/** "1 person", "2 people". */
export const people = counted('person', 'people');

/** An amount of a unit that is written in the plural: "1 year", "30 days". */
export const span = (amount: string, units: string): string =>
  `${amount} ${amount === '1' ? units.replace(/s$/, '') : units}`;
