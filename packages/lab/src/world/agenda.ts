/** Things that will happen at instants of Wutong's time, in order. A binary heap: a day holds many. */
export interface Agenda {
  /** Does `act` when Wutong's time reaches `at` (epoch ms). */
  add(at: number, act: () => Promise<void>): void;
  /** Starts all acts that are due, at most `parallel` at once; resolves when they are done. */
  runDue(now: number, parallel: number): Promise<number>;
  readonly size: number;
}

interface Item {
  readonly at: number;
  readonly order: number;
  readonly act: () => Promise<void>;
}

export function createAgenda(): Agenda {
  const heap: Item[] = [];
  let order = 0;
  const before = (left: Item, right: Item): boolean =>
    left.at < right.at || (left.at === right.at && left.order < right.order);

  function push(item: Item): void {
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(item, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = item;
  }

  function pop(): Item | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  return {
    add: (at, act) => push({ at, order: order++, act }),
    async runDue(now, parallel) {
      let done = 0;
      const worker = async (): Promise<void> => {
        while (heap[0] && heap[0].at <= now) {
          const item = pop()!;
          await item.act();
          done++;
        }
      };
      await Promise.all(Array.from({ length: parallel }, worker));
      return done;
    },
    get size() {
      return heap.length;
    },
  };
}
