import type { Text } from '../text.ts';

export const operatorAlerts: Text['operatorAlerts'] = {
  title: 'Operations alerts',
  hint: 'Told when the nightly proof finds a difference, when a segment or tag failed three times in a row or for a day, and when one has waited a day for its sources; and once more when it is over.',
  targets: 'Who is told',
  none: 'No computation is in trouble',
  count: (count) => `Computations in trouble: ${count}`,
  failures: (count) => `(${count} times in a row)`,
  saved: 'Saved; what is wrong now is told at once',
  kinds: {
    proved_wrong: 'The nightly proof found members that differ from a full computation',
    segment_failing: 'The segment cannot be computed',
    tag_failing: 'The tag cannot be computed',
    segment_waiting: 'The segment has waited for its sources for more than a day',
    tag_waiting: 'The tag has waited for its sources for more than a day',
  },
};
