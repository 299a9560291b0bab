import {
  Consumer,
  type CallbackWithPromise,
  type FetchOptions,
  type RecordsBatch,
} from '@platformatic/kafka';

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type Aborted = FetchResponse['responses'][number]['partitions'][number]['abortedTransactions'];
type Options = FetchOptions<Buffer, Buffer, Buffer, Buffer>;

const TRANSACTIONAL = 16;
const CONTROL = 32;
/** In the key of a control record, behind two bytes of version. */
const ABORT_MARKER = 0;

/**
 * `READ_COMMITTED` on the wire (a byte of 1), and something else for the client, whose own filter lets aborted records
 * through: it knows one aborted transaction of a producer in an answer, and only those that end in it.
 */
const COMMITTED_BY_BROKER = true as unknown as number;

/** A consumer that hands out no record of an aborted transaction. */
export class CommittedConsumer extends Consumer {
  override fetch(options: Options, callback: CallbackWithPromise<FetchResponse>): void;
  override fetch(options: Options): Promise<FetchResponse>;
  override fetch(
    options: Options,
    callback?: CallbackWithPromise<FetchResponse>,
  ): void | Promise<FetchResponse> {
    const committed = { ...options, isolationLevel: COMMITTED_BY_BROKER };
    if (!callback) return super.fetch(committed).then(hideAborted);
    super.fetch(committed, (error, response) => {
      if (error) callback(error, response);
      else callback(null, response && hideAborted(response));
    });
  }
}

/**
 * Marks the batches of aborted transactions as control batches, which readers pass over while they count their
 * offsets: taken out, a fetch that holds nothing else would be sent again for ever.
 */
export function hideAborted(response: FetchResponse): FetchResponse {
  for (const { partitions } of response.responses) {
    for (const { records, abortedTransactions } of partitions) {
      if (records && abortedTransactions?.length > 0) hideIn(records, abortedTransactions);
    }
  }
  return response;
}

function hideIn(batches: readonly RecordsBatch[], aborted: Aborted): void {
  const waiting = aborted.toSorted((one, other) => Number(one.firstOffset - other.firstOffset));
  const aborting = new Set<bigint>();
  for (const batch of batches) {
    const lastOffset = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (waiting.length > 0 && waiting[0]!.firstOffset <= lastOffset)
      aborting.add(waiting.shift()!.producerId);
    if ((batch.attributes & CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT_MARKER) aborting.delete(batch.producerId);
    } else if ((batch.attributes & TRANSACTIONAL) !== 0 && aborting.has(batch.producerId)) {
      batch.attributes |= CONTROL;
    }
  }
}
