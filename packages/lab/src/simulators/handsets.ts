/** A message that a phone, mailbox or app got. */
export interface Got {
  readonly address: string;
  readonly text: string;
  readonly supplier: string;
  /** Real epoch ms. */
  readonly at: number;
}

/**
 * What people really got, over all suppliers: the judge of whether anybody got a message twice. Share one
 * between simulators.
 */
export interface Handsets {
  put(got: Got): void;
  of(address: string): readonly Got[];
  /** Messages got, by all. */
  total(): number;
  /**
   * Addresses that got the same thing more than once. `sameAs` names what a text is an instance of (default:
   * the text with links and digits left out).
   */
  doubles(sameAs?: (text: string) => string): { address: string; times: number }[];
  onGot(listener: (got: Got) => void): void;
}

export function createHandsets(): Handsets {
  const byAddress = new Map<string, Got[]>();
  const listeners: ((got: Got) => void)[] = [];
  let total = 0;
  return {
    put(got) {
      const list = byAddress.get(got.address);
      if (list) list.push(got);
      else byAddress.set(got.address, [got]);
      total++;
      for (const listener of listeners) listener(got);
    },
    of: (address) => byAddress.get(address) ?? [],
    total: () => total,
    doubles(sameAs = withoutVariables) {
      return [...byAddress].flatMap(([address, list]) => {
        const times = new Map<string, number>();
        for (const { text } of list) times.set(sameAs(text), (times.get(sameAs(text)) ?? 0) + 1);
        return [...times.values()].filter((count) => count > 1).map((count) => ({ address, times: count }));
      });
    },
    onGot(listener) {
      listeners.push(listener);
    },
  };
}

/** A short link is new for each attempt, so it says nothing about whether two texts are one message. */
function withoutVariables(text: string): string {
  return text.replace(/https?:\/\/\S+/g, '').replace(/\d+/g, '');
}
