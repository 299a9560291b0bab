import type { Catalogue, OutputSelection } from '@wutong/contract';
import { CodedError, deterministicId } from '../../../platform/index.ts';
import { maskValue, type Value } from '../../../profile/index.ts';
import type { OutputNeeds } from '../output-needs.ts';
import { keyColumns, keyValues, plainColumn } from '../person-keys.ts';
import { pagePeople } from '../portrait-out-store.ts';
import type { OutputRow, OutputScope, OutputSubject, OutputValue } from './output-subject.ts';

type Selection = Extract<OutputSelection, { subject: 'portraits' }>;
type Attribute = Catalogue['attributes'][number];

/** Everybody with a number above `after`, up to and with `until`; `done` when a run is over. */
interface PortraitCursor {
  readonly after?: number;
  readonly done?: boolean;
  readonly run?: number;
}

const PEOPLE_A_PAGE = 2_000;
const PEOPLE_A_PORTION = 10_000;

/** Attributes and tags of all people, everybody once a run: the present state, not its history. */
export function portraitSubject(needs: OutputNeeds): OutputSubject<Selection> {
  const { clickhouse } = needs.platform;

  async function attributesFor(selection: Selection): Promise<Attribute[]> {
    const { attributes } = await needs.profile.catalogue();
    if (selection.attributes.length === 0) return attributes;
    return attributes.filter((attribute) => selection.attributes.includes(attribute.name));
  }

  async function toRows(
    scope: OutputScope<Selection>,
    personIds: readonly number[],
    attributes: readonly Attribute[],
  ): Promise<OutputRow[]> {
    const { selection, open } = scope;
    const values = await needs.profile.attributesOf(personIds);
    const keys = await keyValues(needs, personIds, selection.keyTypes, open);
    const tags = await needs.ports.tagValues(personIds, selection.tags);
    const { run } = scope.cursor as PortraitCursor;
    return personIds.map((personId) => {
      const own = values.get(personId) ?? {};
      const row: Record<string, OutputValue> = { person_id: personId, ...keys.get(personId) };
      for (const attribute of attributes) {
        const value = own[attribute.name];
        row[attribute.name] = value === undefined ? null : open ? value : maskValue(value, attribute);
      }
      for (const tag of selection.tags) {
        row[tagColumn(tag)] = tags.get(personId)?.get(tag) ?? null;
      }
      return { id: deterministicId('portrait', scope.outputId, run ?? 0, personId), personId, values: row };
    });
  }

  return {
    async check(selection, asker) {
      const { attributes } = await needs.profile.catalogue();
      const known = new Set(attributes.map((attribute) => attribute.name));
      const tags = await needs.ports.tagIds(asker);
      const absent = [
        ...selection.attributes.filter((name) => !known.has(name)),
        ...selection.tags.filter((tag) => !tags.has(tag)),
      ];
      if (absent.length > 0)
        throw new CodedError('output_settings_invalid', { details: { absent: absent.slice(0, 20) } });
    },
    begin: () => Promise.resolve({ after: 0, run: 0 }),
    beginRun(cursor) {
      const { done, run } = cursor as PortraitCursor;
      return done ? { after: 0, run: (run ?? 0) + 1 } : cursor;
    },
    async plan(scope, large) {
      const { after = 0, done } = scope.cursor as PortraitCursor;
      if (done) return undefined;
      if (large) {
        const [first] = await pagePeople(clickhouse, after, Number.MAX_SAFE_INTEGER, 1);
        return first === undefined ? undefined : { after, until: Number.MAX_SAFE_INTEGER };
      }
      const page = await pagePeople(clickhouse, after, Number.MAX_SAFE_INTEGER, PEOPLE_A_PORTION);
      const last = page.at(-1);
      return last === undefined ? undefined : { after, until: last };
    },
    async columns({ selection }) {
      const attributes = await attributesFor(selection);
      return [
        plainColumn('person_id'),
        ...keyColumns(selection.keyTypes),
        ...attributes.map(({ name, pii }) => ({ name, personal: pii !== 'none' })),
        ...selection.tags.map(tagColumn).map(plainColumn),
      ];
    },
    async sample(_scope, limit) {
      const last = (await pagePeople(clickhouse, 0, Number.MAX_SAFE_INTEGER, limit)).at(-1);
      return last === undefined ? undefined : { after: 0, until: last };
    },
    async *rows(scope, plan) {
      const { after, until } = plan as unknown as { after: number; until: number };
      const attributes = await attributesFor(scope.selection);
      for (let from = after; ;) {
        const page = await pagePeople(clickhouse, from, until, PEOPLE_A_PAGE);
        if (page.length > 0) yield await toRows(scope, page, attributes);
        if (page.length < PEOPLE_A_PAGE) return;
        from = page.at(-1)!;
      }
    },
    async masked({ selection }) {
      const attributes = await attributesFor(selection);
      return (values) => {
        const shown = { ...values };
        for (const attribute of attributes) {
          const value = shown[attribute.name];
          // A masked value masked again is the same.
          if (value !== undefined && value !== null)
            shown[attribute.name] = maskValue(value as Value, attribute);
        }
        return shown;
      };
    },
    async settle(_transaction, scope, plan) {
      const { until } = plan as unknown as { until: number };
      const { run } = scope.cursor as PortraitCursor;
      const done = (await pagePeople(clickhouse, until, Number.MAX_SAFE_INTEGER, 1)).length === 0;
      return { after: until, done, run: run ?? 0 };
    },
  };
}

const tagColumn = (tag: string): string => `tag_${tag}`;
