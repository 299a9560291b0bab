import { suggestName, type CatalogueField } from '@wutong/contract';
import type { Binder, Scope } from './binder.ts';

/** A name of the catalogue as it is written in an expression. */
export const written = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name}\``;

interface Titled {
  readonly name: string;
  readonly title?: string | { readonly zh: string; readonly en: string } | undefined;
}

/** The name of the thing whose name or title (in either language) is nearest to what was written. */
export function suggestTitled(wanted: string, things: readonly Titled[]): string | undefined {
  const names = new Map<string, string>();
  for (const { name, title } of things) {
    const titles = typeof title === 'string' ? [title] : title ? [title.zh, title.en] : [];
    for (const each of [name, ...titles]) if (each !== '' && !names.has(each)) names.set(each, name);
  }
  const nearest = suggestName(wanted, names.keys());
  return nearest === undefined ? undefined : written(names.get(nearest)!);
}

/** What somebody meant who wrote a name that is no attribute where it stands; undefined when nothing comes near. */
export function suggestMeaning(
  binder: Binder,
  path: readonly string[],
  scope: Scope,
  fields: readonly CatalogueField[],
): string | undefined {
  const [name = '', ...rest] = path;
  const { subject } = scope;
  if (rest.length > 0) return scope.row ? undefined : suggestWay(binder, path, scope);
  const own = suggestTitled(name, fields);
  if (own !== undefined || scope.row || subject.kind === 'event') return own;
  return (
    suggestDetail(binder, name, subject.kind === 'entity' ? subject.type : 'person') ??
    (subject.kind === 'person' ? suggestEvent(binder, name) : undefined)
  );
}

/** `app_open` and “打开 App” are an event: `did(event app_open)`. */
function suggestEvent(binder: Binder, name: string): string | undefined {
  const event = binder.environment.catalogue.events.find((each) => each.name === name || each.title === name);
  return event && `did(event ${written(event.name)})`;
}

/** `maturity_date` is of a holding: `any holding where (maturity_date …)`. */
function suggestDetail(binder: Binder, name: string, owner: string): string | undefined {
  const { model } = binder.environment.catalogue;
  const has = (field: CatalogueField): boolean =>
    field.name === name || field.title.zh === name || field.title.en === name;
  for (const type of model.detailTypes.filter((each) => each.owner === owner)) {
    const field = type.fields.find(has);
    if (field) return `any ${written(type.name)} where (${written(field.name)} …)`;
  }
  return undefined;
}

/** `managed_by.works_at.city` leads over two relations: each is a step of its own. */
function suggestWay(binder: Binder, path: readonly string[], scope: Scope): string | undefined {
  const { model } = binder.environment.catalogue;
  const steps = path.slice(0, -1);
  let from = scope.subject.kind === 'entity' ? scope.subject.type : 'person';
  const way: string[] = [];
  for (const step of steps) {
    const relation = model.relationTypes.find((each) => each.name === step && each.from === from);
    if (!relation) return undefined;
    way.push(`any ${written(relation.to)} via ${written(relation.name)} where (`);
    from = relation.to;
  }
  const fields = model.entityTypes.find((type) => type.name === from)?.fields ?? [];
  if (!fields.some((field) => field.name === path.at(-1))) return undefined;
  return `${way.join('')}${written(path.at(-1)!)} …${')'.repeat(way.length)}`;
}

/** Some of the names that there are, when none comes near: ten fit in a sentence. */
export function listed(names: readonly string[]): { en: string; zh: string } {
  if (names.length === 0) return { en: '', zh: '' };
  const some = names.slice(0, 10);
  const more = names.length > some.length;
  return {
    en: ` There are ${some.join(', ')}${more ? ' …' : ''}.`,
    zh: `可用：${some.join('、')}${more ? '……' : ''}。`,
  };
}
