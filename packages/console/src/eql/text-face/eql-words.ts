/** The words of the language, for colours and completion. */
export const eqlFunctions = [
  'did',
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'distinct',
  'days',
  'first',
  'last',
  'nth',
  'streak',
  'average_gap',
  'gap_variation',
  'active_share',
  'share',
  'percentile',
  'rank',
  'sequence',
  'entered',
  'left',
  'days_in',
  'consents',
  'years_since',
  'months_since',
  'days_since',
  'days_until',
  'anniversary',
] as const;
export type EqlFunction = (typeof eqlFunctions)[number];

/** What stands inside the parentheses of a function that is not written around a plain value. */
export const functionBodies: Partial<Record<EqlFunction, string>> = {
  did: 'event ',
  days: 'event ',
  streak: 'event ',
  average_gap: 'event ',
  gap_variation: 'event ',
  active_share: 'event ',
  sequence: 'event ',
  entered: 'segment ',
  left: 'segment ',
  days_in: 'segment ',
};

/** Words that join and end clauses. */
export const eqlWords: readonly string[] =
  'person where and or not any all none via in is missing present contains starts ends with matches between within event segment tag of by then same when else tier top rfm distribution value buckets date datetime today yesterday tomorrow last this next since until ago on true false time zone monday tuesday wednesday thursday friday saturday sunday minute minutes hour hours day days week weeks month months quarter quarters year years trading lower length size abs round'.split(
    ' ',
  );

/** Windows people write most. */
export const eqlWindows = [
  'today',
  'yesterday',
  'last 7 days',
  'last 30 days',
  'last 90 days',
  'last 12 months',
  'this week',
  'this month',
  'last month',
  'this quarter',
  'this year',
  'next 7 days',
  'next 30 days',
] as const;
