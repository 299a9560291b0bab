import * as insight from './insight.ts';
import * as platform from './platform.ts';
import * as identity from './identity.ts';
import * as linking from './linking.ts';
import * as ingest from './ingest.ts';
import * as content from './content.ts';
import * as hub from './hub.ts';
import * as profile from './profile.ts';
import * as consents from './consents.ts';
import * as audience from './audience.ts';
import * as canvas from './canvas.ts';
import * as decision from './decision.ts';
import * as imports from './imports.ts';
import * as connections from './ingest-connections.ts';
import * as ingestionTasks from './ingest-tasks.ts';
import * as streams from './streams.ts';
import * as outputs from './outputs.ts';

/** Every operation of the public API, by room: a room's file is added here once. */
export const endpointsByRoom = {
  platform,
  identity,
  linking,
  ingest,
  content,
  hub,
  profile,
  consents,
  audience,
  canvas,
  decision,
  insight,
  imports,
  connections,
  ingestionTasks,
  streams,
  outputs,
} as const;
export {
  platform as platformApi,
  identity as identityApi,
  linking as linkingApi,
  ingest as ingestApi,
  insight as insightApi,
  content as contentApi,
  hub as hubApi,
  profile as profileApi,
  consents as consentsApi,
  audience as audienceApi,
  canvas as canvasApi,
  decision as decisionApi,
  imports as importsApi,
  connections as connectionsApi,
  ingestionTasks as ingestionTasksApi,
  streams as streamsApi,
  outputs as outputsApi,
};
