import type { ErrorCode } from '@wutong/contract';
import { kafkaProblem } from './connectors/kafka-problem.ts';

/** The registered code of what a reader of a stream met with; undefined when no sentence of ours fits. */
export function problemOf(sentence: string): ErrorCode | undefined {
  if (sentence.startsWith('the source is disabled')) return 'stream_source_disabled';
  if (/clickhouse|postgres|database|collection/i.test(sentence)) return 'stream_storage_away';
  return kafkaProblem(sentence);
}
