/** People alike: how long they have been watched and when they converted, in whole days since entry. */
export interface WatchedPeople {
  /** Whole days from entry to now. */
  readonly watchedDays: number;
  /** Day of conversion, from 0; undefined: not so far. */
  readonly convertedOnDay: number | undefined;
  readonly people: number;
}

/**
 * Cumulative share converted by the end of each day since entry, from day 0 to `lastDay`: the Kaplan–Meier
 * estimate, so that people who entered yesterday count for day 0 only and do not pull down the days they
 * have not lived yet. When all entered at the same time it is simply converted ÷ people.
 * The day that people are in counts them as watched.
 */
export function cumulativeConversion(groups: readonly WatchedPeople[], lastDay: number): number[] {
  const converted = Array.from({ length: lastDay + 1 }, () => 0);
  const leaving = Array.from({ length: lastDay + 2 }, () => 0);
  let atRisk = 0;
  for (const group of groups) {
    atRisk += group.people;
    const day = group.convertedOnDay;
    // A conversion is seen whatever the clock says of the watching.
    const until = day ?? group.watchedDays;
    if (day !== undefined && day <= lastDay) converted[day]! += group.people;
    if (until <= lastDay) leaving[until + 1]! += group.people;
  }
  let notYet = 1;
  return converted.map((count, day) => {
    atRisk -= leaving[day]!;
    if (atRisk > 0) notYet *= 1 - count / atRisk;
    return 1 - notYet;
  });
}
