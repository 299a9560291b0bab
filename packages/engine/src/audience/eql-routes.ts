import { audienceApi } from '@wutong/contract';
import { CodedError, type CallingUser, type HttpServer, type SeenPeople } from '../platform/index.ts';
import { eqlTypeOf } from './catalogue.ts';
import type { Asker } from './asker.ts';
import { createExpressions, type Expressions } from './expressions.ts';
import type { Expression } from './front-door.ts';
import type { RouteNeeds } from './route-needs.ts';
import { maySee } from './sharing.ts';
import { personOfCursor, showPeople } from './show-people.ts';

/** Who asks, for binding and limits. */
export function askerOf(user: CallingUser): Asker {
  return { userId: user.userId, permissions: user.permissions, role: user.role };
}

/** The expression of a request. */
export function expressionOf(body: Expression): Expression {
  const { text, document, parameters } = body;
  return {
    ...(text === undefined ? {} : { text }),
    ...(document === undefined ? {} : { document }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

/** Check, count, list; and the names to complete. */
export function eqlRoutes(server: HttpServer, needs: RouteNeeds): void {
  const { audience, reader, platform } = needs;
  /** Expressions over the people whom the caller reaches. */
  const over = async (seen: SeenPeople | undefined): Promise<Expressions> =>
    seen ? createExpressions({ ...platform, clickhouse: await seen.cut() }, reader) : audience;

  server.handle(audienceApi.checkEql, async ({ body, user }) => {
    const { problems, ...checked } = await audience.check(expressionOf(body), askerOf(user));
    return { valid: problems.length === 0, problems: [...problems], ...checked };
  });

  server.handle(audienceApi.countEql, async ({ body, user, seen }) => {
    const { conditions, ...counted } = await (
      await over(seen)
    ).count(expressionOf(body), askerOf(user), {
      breakdown: body.breakdown === true,
    });
    return { ...counted, ...(conditions ? { conditions: [...conditions] } : {}) };
  });

  server.handle(audienceApi.effectsOfEql, async ({ body, user, seen }) => {
    const effects = await (await over(seen)).effects(expressionOf(body), askerOf(user));
    return { ...effects, conditions: [...effects.conditions] };
  });

  server.handle(audienceApi.peopleOfEql, async ({ body, user, seen }) => {
    const after = personOfCursor(body.cursor);
    const page = await (
      await over(seen)
    ).people(
      expressionOf(body),
      { ...(after === undefined ? {} : { after }), limit: body.limit },
      askerOf(user),
    );
    const items = await showPeople(needs, page.personIds);
    return page.nextAfter === undefined ? { items } : { items, nextCursor: String(page.nextAfter) };
  });

  server.handle(audienceApi.readCatalogue, async ({ user }) => {
    if (!user) throw new CodedError('not_logged_in');
    return shownCatalogue(await reader.catalogue(), askerOf(user), user.language);
  });
}

type Catalogue = Awaited<ReturnType<RouteNeeds['reader']['catalogue']>>;
type Titled = { name: string; title: { en: string; zh: string } };

function shownCatalogue(
  catalogue: Catalogue,
  asker: Asker,
  language: 'zh' | 'en',
): ReturnType<typeof audienceApi.readCatalogue.response.parse> {
  const named = (each: Titled): { name: string; title: string } => ({
    name: each.name,
    title: each.title[language],
  });
  const fields = (list: Catalogue['model']['attributes']): { name: string; title: string; type: string }[] =>
    list.map((field) => ({ ...named(field), type: eqlTypeOf(field.valueType) }));
  const { model } = catalogue;
  return {
    attributes: model.attributes.map((field) => ({
      ...named(field),
      type: eqlTypeOf(field.valueType),
      ...(field.unit === undefined ? {} : { unit: field.unit }),
      encrypted: field.pii === 'identifying',
    })),
    entities: model.entityTypes.map((type) => ({ ...named(type), attributes: fields(type.fields) })),
    details: model.detailTypes.map((type) => ({
      ...named(type),
      owner: type.owner,
      attributes: fields(type.fields),
    })),
    relations: model.relationTypes.map((type) => ({ ...named(type), from: type.from, to: type.to })),
    events: catalogue.events.map((event) => ({
      name: event.name,
      title: event.title,
      properties: event.properties.map((property) => ({
        name: property.name,
        title: property.title,
        type: property.valueType === 'json' ? 'json' : eqlTypeOf(property.valueType),
      })),
    })),
    segments: catalogue.segments
      .filter(({ sharing }) => maySee(asker, sharing))
      .map(({ segmentId, name }) => ({ segmentId, name })),
    tags: catalogue.tags
      .filter(({ sharing }) => maySee(asker, sharing))
      .map(({ tagId, name, type }) => ({ tagId, name, type })),
  };
}
