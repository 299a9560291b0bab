import type { OutputPorts } from '../../src/ingest/index.ts';

/** What outputs ask of later rooms where there are none: no segments and tags, and nothing that is hidden. */
export const noLaterRooms: OutputPorts = {
  segmentWatermark: () => Promise.resolve({ run: 0, personId: 0 }),
  segmentChanges: () => Promise.resolve([]),
  tagIds: () => Promise.resolve(new Set<string>()),
  mayAsk: (questions) => Promise.resolve(questions.map(() => true)),
  openToAll: () => Promise.resolve({ segmentIds: [], tagIds: [] }),
  tagValues: () => Promise.resolve(new Map()),
};
