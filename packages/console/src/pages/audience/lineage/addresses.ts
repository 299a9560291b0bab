import type { LineageKind } from './lineage-panel.tsx';

/** Where the page of something stands; undefined for what has none. */
export function addressOf(kind: LineageKind, id: string): string | undefined {
  const written = encodeURIComponent(id);
  switch (kind) {
    case 'segment':
      return `/audiences/${written}`;
    case 'tag':
      return `/tags/${written}`;
    case 'strategy':
      return `/strategies/${written}`;
    case 'event':
      return '/data/tracking-plan';
    case 'report':
    case 'detail':
    case 'attribute':
    case 'relation':
      return undefined;
  }
}
