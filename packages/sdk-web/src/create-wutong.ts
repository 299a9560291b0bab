import { createKeep } from './keep.ts';
import { readSlot, type SlotItem } from './read-slot.ts';
import { createSendQueue } from './send-queue.ts';
import { createVisitor, randomId, type IdentityKey } from './visitor.ts';

export interface WutongOptions {
  /** Address of the server, e.g. https://wutong.bank.example; empty for the page's own. */
  readonly endpoint: string;
  /** Key of the source; it may be public. */
  readonly key: string;
  /** Longest time that records gather before they are sent. Default 2,000 ms. */
  readonly flushIntervalMs?: number;
  /** Sends a `$pageview` at once. Default true. */
  readonly page?: boolean;
}

export interface Wutong {
  /** Something happened. Properties: text, numbers, booleans, lists of text. */
  track(event: string, properties?: Record<string, unknown>): void;
  /** Who it is, and what is known of them. The anonymous visits until now become this person's. */
  identify(key: IdentityKey, attributes?: Record<string, unknown>): void;
  /** A page was seen. */
  page(properties?: Record<string, unknown>): void;
  /** What to show in a slot; counts as shown only after `shown`. */
  slot(name: string): Promise<SlotItem[]>;
  shown(item: SlotItem): void;
  clicked(item: SlotItem): void;
  /** Logs out: the next visitor is somebody else. */
  reset(): void;
  /** Sends now. */
  flush(): Promise<void>;
  /** Records that the server has not confirmed yet. */
  waiting(): number;
  stop(): void;
}

/** Starts the SDK for one source. */
export function createWutong(options: WutongOptions): Wutong {
  const endpoint = options.endpoint.replace(/\/$/, '');
  const keep = createKeep(`wutong.${options.key.slice(0, 10)}.`);
  const visitor = createVisitor(keep);
  const queue = createSendQueue({
    keep,
    url: `${endpoint}/api/v1/collect?key=${encodeURIComponent(options.key)}`,
    flushIntervalMs: options.flushIntervalMs ?? 2_000,
  });

  const add = (kind: string, fields: Record<string, unknown>): void =>
    queue.add({ kind, messageId: randomId(), time: Date.now(), keys: visitor.keys(), ...fields });
  const track: Wutong['track'] = (event, properties = {}) =>
    add('event', { event, properties: { $lib: 'wutong-web', ...properties } });
  const page: Wutong['page'] = (properties = {}) =>
    track('$pageview', {
      $url: location.href,
      $url_path: location.pathname,
      $title: document.title,
      ...(document.referrer ? { $referrer: document.referrer } : {}),
      ...properties,
    });

  // Hidden is the last moment that phones reliably tell of; pagehide serves the others.
  const leave = (): void => {
    if (document.visibilityState === 'hidden') queue.beacon();
  };
  const goodbye = (): void => queue.beacon();
  document.addEventListener('visibilitychange', leave);
  addEventListener('pagehide', goodbye);
  if (options.page !== false) page();

  return {
    track,
    page,
    identify(key, attributes) {
      visitor.logIn(key);
      add('identity', { link: 'sign_up', keys: [key, visitor.cookie] });
      if (attributes) add('attributes', { attributes });
    },
    slot: (name) => readSlot(endpoint, name, visitor),
    shown: (item) => track('$slot_shown', { message_id: item.messageId, slot: item.slot }),
    clicked(item) {
      track('$message_clicked', { message_id: item.messageId, slot: item.slot });
      // The click often leads away from the page.
      void queue.flush();
    },
    reset: () => visitor.reset(),
    flush: () => queue.flush(),
    waiting: () => queue.waiting(),
    stop() {
      queue.stop();
      document.removeEventListener('visibilitychange', leave);
      removeEventListener('pagehide', goodbye);
    },
  };
}
