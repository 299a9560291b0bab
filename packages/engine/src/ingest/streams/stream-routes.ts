import { streamsApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import type { Streams } from './manage-streams.ts';

/** Endpoints of the streams that are read in. */
export function addStreamRoutes(server: HttpServer, streams: Streams): void {
  server.handle(streamsApi.listStreams, async () => ({ items: await streams.list() }));
  server.handle(streamsApi.createStream, ({ body, user }) => streams.create(body, user.userId));
  server.handle(streamsApi.checkStream, async ({ body }) => ({
    topics: await streams.look(body.settings, body.secrets),
  }));
  server.handle(streamsApi.readStream, ({ params }) => streams.read(params.streamId));
  server.handle(streamsApi.updateStream, ({ params, body, user }) =>
    streams.update(params.streamId, body, user.userId),
  );
  server.handle(streamsApi.setStreamState, ({ params, body, user }) =>
    streams.setState(params.streamId, body.state, user.userId),
  );
  server.handle(streamsApi.deleteStream, async ({ params, user }) => {
    await streams.remove(params.streamId, user.userId);
    return { deleted: true };
  });
}
