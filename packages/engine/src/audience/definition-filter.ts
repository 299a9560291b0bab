import type { audienceApi, QueryOf } from '@wutong/contract';
import type { Asker } from './asker.ts';
import type { DefinitionPage } from './page-definitions.ts';

type Query = QueryOf<typeof audienceApi.listSegments> | QueryOf<typeof audienceApi.listTags>;

/** The page that a request for a list of segments or tags asks for. */
export function filterOf({ kind, archived, unused, ids, ...asked }: Query, asker: Asker): DefinitionPage {
  return {
    ...asked,
    archived: archived === 'true',
    unused: unused === 'true',
    madeAs: kind,
    ids: idsOf(ids),
    asker,
  };
}

/** Ids that stand in a query with commas between them. */
export function idsOf(ids: string | undefined): string[] | undefined {
  return ids?.split(',');
}
