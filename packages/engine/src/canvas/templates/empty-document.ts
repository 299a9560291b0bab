import { strategyDocumentSchema, type StrategyDocument } from '@wutong/contract';

/** What a new strategy begins with: an entry to fill in and an exit. */
export function emptyDocument(): StrategyDocument {
  return strategyDocumentSchema.parse({
    format: 1,
    nodes: [
      {
        id: 'entry',
        kind: 'entry',
        title: '',
        source: { type: 'audience', eql: '', schedule: { kind: 'once' } },
        position: { x: 0, y: 0 },
      },
      { id: 'exit', kind: 'exit', title: '', position: { x: 0, y: 160 } },
    ],
    edges: [{ from: 'entry', to: 'exit' }],
  });
}
