import { consentsApi, profileApi } from '@wutong/contract';
import type { Identity } from '../identity/index.ts';
import { CodedError, requireSeen, type HttpServer, type Platform } from '../platform/index.ts';
import { catalogueOf, type Model } from './catalogue.ts';
import { liftSuppression, insertSuppressions, readConsentHistory } from './consent-store.ts';
import { listEntities } from './entity-view.ts';
import type { Declarations, Profile } from './front-door.ts';
import { showConsent, showSuppression, titlesOf } from './person-view.ts';

interface RouteNeeds {
  readonly platform: Platform;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly model: () => Promise<Model>;
}

/** What people enter by hand in the console. */
const CONSOLE_SOURCE = 'console';

/** The room's endpoints. */
export function profileRoutes(server: HttpServer, needs: RouteNeeds): void {
  viewRoutes(server, needs);
  declarationRoutes(server, needs);
  consentRoutes(server, needs);
  suppressionRoutes(server, needs);
}

function viewRoutes(server: HttpServer, { platform, identity, profile, model }: RouteNeeds): void {
  server.handle(profileApi.readPersonTitles, async ({ body }) => {
    const titles = await titlesOf(platform, identity, await model(), body.personIds);
    return { items: [...titles].map(([personId, title]) => ({ personId, title })) };
  });
  server.handle(profileApi.readPerson, ({ params, seen }) =>
    profile.personView(params.personId, seen ? { seen } : {}),
  );
  server.handle(profileApi.openPerson, async ({ params, body, user, seen }) => {
    const view = await profile.personView(params.personId, { open: true, ...(seen ? { seen } : {}) });
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, {
        actor: user.name,
        action: 'pii.open',
        object: `person ${params.personId}`,
        detail: { purpose: body.purpose },
      }),
    );
    return view;
  });
  server.handle(profileApi.readTimeline, ({ params, query }) =>
    profile.timeline({
      personId: params.personId,
      limit: query.limit,
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
      ...(query.events ? { events: query.events.split(',').map((name) => name.trim()) } : {}),
      ...(query.from ? { from: Date.parse(query.from) } : {}),
      ...(query.to ? { to: Date.parse(query.to) } : {}),
    }),
  );
  server.handle(profileApi.readEntity, ({ params, seen }) =>
    profile.entityView(params.type, params.id, seen),
  );
  server.handle(profileApi.listEntityReferences, async ({ params, seen }) => ({
    items: await profile.entityReferences(params.type, params.id, seen),
  }));
  server.handle(profileApi.listEntities, async ({ params, query }) =>
    listEntities(platform, await model(), params.type, query),
  );
  server.handle(profileApi.readCatalogue, async () => catalogueOf(await model()));
}

function declarationRoutes(server: HttpServer, { platform, profile }: RouteNeeds): void {
  const declare = async (
    actor: string,
    object: string,
    declarations: Declarations,
  ): Promise<{ version: number }> => {
    const version = await profile.declare(declarations);
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, { actor, action: 'profile.declare', object, detail: { version } }),
    );
    return { version };
  };
  server.handle(profileApi.declareAttribute, ({ body, user }) =>
    declare(user.name, `attribute ${body.name}`, { attributes: [body] }),
  );
  server.handle(profileApi.declareEntityType, ({ body, user }) =>
    declare(user.name, `entity type ${body.name}`, { entityTypes: [body] }),
  );
  server.handle(profileApi.declareRelationType, ({ body, user }) =>
    declare(user.name, `relation type ${body.name}`, { relationTypes: [body] }),
  );
  server.handle(profileApi.declareDetailType, ({ body, user }) =>
    declare(user.name, `detail type ${body.name}`, { detailTypes: [body] }),
  );
  server.handle(profileApi.declarePurpose, ({ body, user }) =>
    declare(user.name, `purpose ${body.purpose}`, { purposes: [body] }),
  );
}

function consentRoutes(server: HttpServer, { platform, identity, profile, model }: RouteNeeds): void {
  server.handle(consentsApi.recordConsent, async ({ params, body, user }) => {
    const { personId } = params;
    await platform.database.transaction(async (transaction) => {
      const outcome = await profile.apply(transaction, [
        {
          kind: 'consent',
          personId,
          keyNumber: await ownKey(identity, personId),
          purpose: body.purpose,
          ...(body.purposeVersion === undefined ? {} : { purposeVersion: body.purposeVersion }),
          channel: body.channel,
          granted: body.granted,
          proof: { ...body.proof, recordedBy: user.name },
          at: body.at ? Date.parse(body.at) : platform.clock.now(),
          sourceId: CONSOLE_SOURCE,
          messageId: platform.ids.newId(),
        },
      ]);
      const [refused] = outcome.rejections;
      if (refused) throw new CodedError(refused.code, { details: { purpose: body.purpose } });
      await platform.audit.record(transaction, {
        actor: user.name,
        action: body.granted ? 'consent.grant' : 'consent.withdraw',
        object: `person ${personId}`,
        detail: { purpose: body.purpose, channel: body.channel },
      });
    });
    const states = await profile.consentsOf(platform.database, [personId]);
    return { consents: (states.get(personId) ?? []).map(showConsent) };
  });
  server.handle(consentsApi.listConsentHistory, async ({ params }) => {
    await ownKey(identity, params.personId);
    const history = await readConsentHistory(platform.database, await model(), params.personId);
    return { items: history.map(showConsent) };
  });
}

function suppressionRoutes(server: HttpServer, { platform, identity }: RouteNeeds): void {
  server.handle(consentsApi.addSuppression, async ({ params, body, user }) => {
    const keyNumber = await ownKey(identity, params.personId, body.keyNumber);
    const [state] = await platform.database.transaction(async (transaction) => {
      const made = await insertSuppressions(
        transaction,
        [
          {
            personId: params.personId,
            keyNumber,
            scope: body.scope,
            channel: body.channel,
            purpose: body.purpose,
            reason: body.reason,
            at: platform.clock.now(),
            ...(body.expiresAt ? { expiresAt: Date.parse(body.expiresAt) } : {}),
            sourceId: CONSOLE_SOURCE,
            messageId: platform.ids.newId(),
          },
        ],
        () => platform.ids.newId(),
      );
      const { channel, purpose, reason, scope } = body;
      await platform.audit.record(transaction, {
        actor: user.name,
        action: 'suppression.add',
        object: `person ${params.personId}`,
        detail: { channel, purpose, reason, scope },
      });
      return made;
    });
    return showSuppression(state!);
  });
  server.handle(consentsApi.liftSuppression, ({ params, user, seen }) =>
    platform.database.transaction(async (transaction) => {
      const { suppressionId } = params;
      const personId = await liftSuppression(transaction, suppressionId, platform.clock.now(), user.name);
      const lifted = personId !== undefined;
      if (lifted) {
        if (seen) await requireSeen([personId], seen.sees);
        const object = `suppression ${suppressionId}`;
        await platform.audit.record(transaction, { actor: user.name, action: 'suppression.lift', object });
      }
      return { lifted };
    }),
  );
}

/** The key that a word about a person hangs on: the one named, if it is theirs, else their strongest. */
async function ownKey(identity: Identity, personId: number, keyNumber?: number): Promise<number> {
  const keys = (await identity.keysOf([personId])).get(personId) ?? [];
  const key = keyNumber === undefined ? keys[0] : keys.find((each) => each.keyNumber === keyNumber);
  if (!key) throw new CodedError('person_not_found');
  return key.keyNumber;
}
