import { outputsApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import type { OutputLooks } from './look-at-outputs.ts';
import type { OutputBook } from './manage-outputs.ts';
import { deliveryProblem } from './name-problem.ts';
import type { Readers } from './readers/manage-readers.ts';

/** Endpoints of what leaves. */
export function addOutputRoutes(server: HttpServer, outputs: OutputBook, looks: OutputLooks): void {
  server.handle(outputsApi.listOutputs, async ({ user }) => ({ items: await outputs.list(user) }));
  server.handle(outputsApi.createOutput, ({ body, user }) => outputs.create(body, user));
  server.handle(outputsApi.checkOutput, ({ body }) => looks.test(body));
  server.handle(outputsApi.previewOutput, ({ body, user }) =>
    looks.preview(body.selection, body.openPersonalData, user),
  );
  server.handle(outputsApi.readOutputFile, async ({ params, user, reply }) => {
    const { name, bytes, content } = await looks.file(params.outputId, params.slice, user);
    reply
      .type('application/octet-stream')
      .header('content-length', bytes)
      .header('content-disposition', `attachment; filename="${name}"`);
    return content as unknown as string;
  });
  server.handle(outputsApi.listOutputLog, ({ params, query: { cursor: before, limit }, user }) =>
    outputs.log(params.outputId, { before, limit }, user),
  );
  server.handle(outputsApi.readOutput, ({ params, user }) => outputs.read(params.outputId, user));
  server.handle(outputsApi.updateOutput, ({ params, body, user }) =>
    outputs.update(params.outputId, body, user),
  );
  server.handle(outputsApi.setOutputState, ({ params, body, user }) =>
    outputs.setState(params.outputId, body.state, user),
  );
  server.handle(outputsApi.handOverOutput, ({ params, body, user }) =>
    outputs.handOver(params.outputId, body.owner, user),
  );
  server.handle(outputsApi.runOutput, ({ params, user }) => outputs.runNow(params.outputId, user));
  server.handle(outputsApi.deleteOutput, async ({ params, user }) => {
    await outputs.remove(params.outputId, user);
    return { deleted: true };
  });
  server.handle(outputsApi.listOutputSlices, async ({ params, query, user }) => {
    const page = { before: query.cursor, limit: query.limit };
    const rows = await outputs.slices(params.outputId, page, user);
    const items = rows.map(({ file, sha256, finished_at, ...row }) => ({
      ...row,
      ...(file === null ? {} : { file }),
      ...(sha256 === null ? {} : { sha256 }),
      finishedAt: new Date(finished_at).toISOString(),
    }));
    const last = rows.at(-1);
    return last && rows.length === query.limit ? { items, nextCursor: String(last.slice) } : { items };
  });
  server.handle(outputsApi.listDeadDeliveries, async ({ params, user }) => ({
    items: (await outputs.dead(params.outputId, user)).map((dead) => ({
      deadId: dead.dead_id,
      rows: dead.rows,
      reason: dead.reason,
      ...codeOf(dead.reason),
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

function codeOf(reason: string): { code?: string } {
  // Only webhooks leave deliveries aside.
  const code = deliveryProblem('webhook', reason);
  return code === undefined ? {} : { code };
}

/** Endpoints of the read-only users of ClickHouse. */
export function addReaderRoutes(server: HttpServer, readers: Readers): void {
  server.handle(outputsApi.listReaders, async () => ({ items: await readers.list(), ...readers.address }));
  server.handle(outputsApi.listReaderTables, async () => ({ items: await readers.tables() }));
  server.handle(outputsApi.rotateReader, async ({ params, user }) => ({
    password: await readers.rotate(params.name, user.userId),
  }));
  server.handle(outputsApi.createReader, ({ body, user }) => readers.create(body.name, user.userId));
  server.handle(outputsApi.revokeReader, async ({ params, user }) => {
    await readers.revoke(params.name, user.userId);
    return { revoked: true };
  });
}
