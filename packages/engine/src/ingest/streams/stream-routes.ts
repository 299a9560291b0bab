import { streamsApi } from '@wutong/contract';
import { allows, CodedError, type HttpServer, type Platform } from '../../platform/index.ts';
import type { Streams } from './manage-streams.ts';

/** Endpoints of the streams that are read in. */
export function addStreamRoutes(server: HttpServer, platform: Platform, streams: Streams): void {
  server.handle(streamsApi.listStreams, async () => ({ items: await streams.list() }));
  server.handle(streamsApi.createStream, ({ body, user }) => streams.create(body, user.userId));
  server.handle(streamsApi.checkStream, async ({ body }) => ({
    topics: await streams.look(body),
  }));
  server.handle(streamsApi.previewStream, async ({ body, user }) => {
    if (body.open) {
      if (!allows(user.permissions, 'pii.open'))
        throw new CodedError('permission_denied', { details: { permission: 'pii.open' } });
      const object = `messages of ${body.settings.topics.join(', ')}`;
      await platform.database.transaction((transaction) =>
        platform.audit.record(transaction, { actor: user.userId, action: 'pii.open', object }),
      );
    }
    return streams.preview(body, body.open);
  });
  server.handle(streamsApi.listStreamLog, ({ params, query }) =>
    streams.log(params.streamId, query.cursor, query.limit),
  );
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
