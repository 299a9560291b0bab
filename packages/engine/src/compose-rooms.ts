import { createAudience } from './audience/index.ts';
import { createCanvas, type Canvas } from './canvas/index.ts';
import { contentNeeds, hubNeeds, outputPorts, recordPorts } from './connect-rooms.ts';
import { createContent } from './content/index.ts';
import { createDecision } from './decision/index.ts';
import { createHub, HUB_CONSUMER, HUB_WANTED_EVENTS } from './hub/index.ts';
import { createIdentity, type Identity } from './identity/index.ts';
import {
  createImports,
  createIngest,
  createOutputs,
  createIngestion,
  importRoutes,
  runImport,
  type ImportSummary,
} from './ingest/index.ts';
import { createInsight } from './insight/index.ts';
import type { HttpServer, PeopleOfInstitution, Platform } from './platform/index.ts';
import { createProfile } from './profile/index.ts';

/** All rooms of a process, wired. */
export interface Rooms {
  readonly identity: Identity;
  /** Loads files from a folder as a mapping file says. */
  importFiles(options: Parameters<typeof runImport>[2]): Promise<ImportSummary>;
  /** Whether the bank has an institution of this id. */
  isInstitution(institutionId: string): Promise<boolean>;
  /** Those of the people whose institution is this one or below it. */
  readonly peopleOfInstitution: PeopleOfInstitution;
  routes(server: HttpServer): void;
  /** Starts the loops, in the order of the rooms. */
  start(): Promise<void>;
  /** Stops them in reverse. */
  stop(): Promise<void>;
}

const CANVAS_CONSUMER = 'canvas';

/** Builds the rooms in their order and hands each what it may use; the only place that sees all. */
export function composeRooms(platform: Platform): Rooms {
  // Linking asks later rooms for their records, at each use: by then they are there.
  const identity = createIdentity(platform, () => recordPorts({ profile, ingestion }));
  const profile = createProfile(platform, identity);
  // Ingest asks the canvas which events it waits for, at each batch: by then it is there.
  const later: { canvas?: Canvas } = {};
  const ingest = createIngest(platform, {
    identity,
    profile,
    wantedEvents: {
      [HUB_CONSUMER]: () => HUB_WANTED_EVENTS,
      [CANVAS_CONSUMER]: () => later.canvas?.wantedEvents() ?? new Set(),
    },
  });
  const imports = createImports(platform, { identity, profile, ingest });
  const ingestion = createIngestion(platform, { identity, profile, ingest });
  const audience = createAudience(platform, {
    identity,
    profile,
    ingest: {
      plan: ingest.plan,
      sourceReadiness: (sourceIds, since) => ingestion.sourceReadiness(sourceIds, since),
    },
  });
  const outputs = createOutputs({ platform, identity, profile, ports: outputPorts(audience) });
  const content = createContent(platform, contentNeeds(profile));
  const decision = createDecision(platform, { identity, profile });
  const hub = createHub(platform, hubNeeds(platform, { identity, profile, content, decision, ingest }));
  const canvas = createCanvas(platform, { identity, ingest, audience, content, decision, hub });
  later.canvas = canvas;
  const insight = createInsight(platform, {
    identity,
    ingest: {
      rejectedTotals: () => ingest.rejectedTotals(),
      async eventTitle(event) {
        const [planned] = await ingest.plan.list({ search: event, hidden: true });
        return planned?.event === event ? planned.title || undefined : undefined;
      },
    },
    profile,
    audience,
    segments: { createImported: (segment) => audience.importSegment(segment) },
    hub,
    mail: { send: (mail) => hub.sendNotice(mail) },
    canvas,
  });

  const rooms = [identity, profile, ingest, audience, decision, hub, canvas, insight];
  return {
    identity,
    async importFiles(options) {
      // A command starts no rooms: key types of a fresh installation, and what the files teach the tracking
      // plan, are written down here.
      await identity.prepare();
      try {
        return await runImport(platform, { identity, profile, ingest }, options);
      } finally {
        await ingest.writePlan();
      }
    },
    async isInstitution(institutionId) {
      const { entityTypes } = await profile.catalogue();
      if (!entityTypes.some(({ name }) => name === 'institution')) return false;
      return (await profile.entitiesOf('institution', [institutionId])).size > 0;
    },
    peopleOfInstitution: profile.peopleOfInstitution,
    routes(server) {
      for (const room of [...rooms, content]) room.routes(server);
      importRoutes(server, platform, imports);
      outputs.routes(server);
      ingestion.routes(server);
    },
    async start() {
      for (const room of rooms) await room.start();
      await outputs.start();
      await ingestion.start();
    },
    async stop() {
      await ingestion.stop();
      await outputs.stop();
      for (const room of [...rooms].reverse()) await room.stop();
    },
  };
}
