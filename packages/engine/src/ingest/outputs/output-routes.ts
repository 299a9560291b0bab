import { outputsApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import type { OutputBook } from './manage-outputs.ts';
import type { Readers } from './readers/manage-readers.ts';

/** Endpoints of what leaves. */
export function addOutputRoutes(server: HttpServer, outputs: OutputBook): void {
  server.handle(outputsApi.listOutputs, async () => ({ items: await outputs.list() }));
  server.handle(outputsApi.createOutput, ({ body, user }) => outputs.create(body, user));
  server.handle(outputsApi.readOutput, ({ params }) => outputs.read(params.outputId));
  server.handle(outputsApi.updateOutput, ({ params, body, user }) =>
    outputs.update(params.outputId, body, user),
  );
  server.handle(outputsApi.setOutputState, ({ params, body, user }) =>
    outputs.setState(params.outputId, body.state, user),
  );
  server.handle(outputsApi.runOutput, ({ params, user }) => outputs.runNow(params.outputId, user));
  server.handle(outputsApi.deleteOutput, async ({ params, user }) => {
    await outputs.remove(params.outputId, user);
    return { deleted: true };
  });
  server.handle(outputsApi.listOutputSlices, async ({ params, query }) => {
    const rows = await outputs.slices(params.outputId, query.before, query.limit);
    const items = rows.map(({ file, sha256, finished_at, ...row }) => ({
      ...row,
      ...(file === null ? {} : { file }),
      ...(sha256 === null ? {} : { sha256 }),
      finishedAt: new Date(finished_at).toISOString(),
    }));
    const last = rows.at(-1);
    return last && rows.length === query.limit ? { items, nextCursor: String(last.slice) } : { items };
  });
  server.handle(outputsApi.listDeadDeliveries, async ({ params }) => ({
    items: (await outputs.dead(params.outputId)).map((dead) => ({
      deadId: dead.dead_id,
      rows: dead.rows,
      reason: dead.reason,
      at: new Date(dead.at).toISOString(),
    })),
  }));
  server.handle(outputsApi.replayDeadDeliveries, ({ params, body, user }) =>
    outputs.replayDead(params.outputId, body.deadIds, user),
  );
  server.handle(outputsApi.readOutputPolicy, async () => ({
    privateHosts: [...(await outputs.readPolicy()).privateHosts],
  }));
  server.handle(outputsApi.saveOutputPolicy, async ({ body, user }) => {
    await outputs.savePolicy(body, user);
    return body;
  });
}

/** Endpoints of the read-only users of ClickHouse. */
export function addReaderRoutes(server: HttpServer, readers: Readers): void {
  server.handle(outputsApi.listReaders, async () => ({ items: await readers.list() }));
  server.handle(outputsApi.createReader, ({ body, user }) => readers.create(body.name, user.userId));
  server.handle(outputsApi.revokeReader, async ({ params, user }) => {
    await readers.revoke(params.name, user.userId);
    return { revoked: true };
  });
}
