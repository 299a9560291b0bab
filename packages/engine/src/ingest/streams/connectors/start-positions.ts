/** What is known of a partition before a group reads it. Offsets as Kafka counts them. */
export interface PartitionFacts {
  readonly topic: string;
  readonly partition: number;
  /** Next to be read by the group; undefined when it never said. */
  readonly committed: number | undefined;
  readonly earliest: number;
  /** One past the last message. */
  readonly end: number;
  /** Where a group begins that has no position. */
  readonly start: number;
}

/** A position that must be set before reading. */
export interface PositionChange {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Where reading must begin elsewhere than the group says. Partitions without a position get their start; `committed`
 * below `earliest` means that retention was faster than we: the messages between are lost and counted; above `end`,
 * the topic was made anew.
 */
export function decidePositions(facts: readonly PartitionFacts[]): {
  changes: PositionChange[];
  lostMessages: number;
} {
  const changes: PositionChange[] = [];
  let lostMessages = 0;
  for (const { topic, partition, committed, earliest, end, start } of facts) {
    if (committed === undefined) {
      changes.push({ topic, partition, offset: Math.max(start, earliest) });
    } else if (committed < earliest) {
      lostMessages += earliest - committed;
      changes.push({ topic, partition, offset: earliest });
    } else if (committed > end) {
      changes.push({ topic, partition, offset: earliest });
    }
  }
  return { changes, lostMessages };
}
