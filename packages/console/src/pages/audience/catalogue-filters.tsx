import { Segmented, Select } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useText } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Filters } from '../../parts/filters.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wideList } from '../../parts/wide-list.ts';

const states = ['live', 'unused', 'duplicate', 'archived'] as const;
type State = (typeof states)[number];
type Field = 'search' | 'folder' | 'owner' | 'kind' | 'status' | 'sort';

/** So many ids fit into one question. */
const MOST_IDS = 200;

/** What the catalogue of segments or tags is narrowed to and sorted by; all of it stands in the address. */
export interface CatalogueFilter {
  state: State;
  setState: (state: string) => void;
  values: Readonly<Record<Field, string>>;
  set: Readonly<Record<Field, (value: string) => void>>;
  /** What the server narrows and sorts by. */
  query: {
    search: string | undefined;
    archived: 'true' | 'false';
    unused: 'true' | 'false';
    folder: string | undefined;
    owner: string | undefined;
    status: audienceApi.DefinitionStatus | undefined;
    ids: string | undefined;
    sort: audienceApi.DefinitionSort;
  };
  active: boolean;
  /** More duplicates than the list can ask for: so many there are. */
  leftOut: { shown: number; of: number } | undefined;
}

/** `duplicates`: ids of those that say the same as others, once they are known. */
export function useCatalogueFilter(duplicates: ReadonlyMap<string, unknown>): CatalogueFilter {
  const [search, setSearch] = useUrlState('search');
  const [written, setState] = useUrlState('state', 'live');
  const [folder, setFolder] = useUrlState('folder');
  const [owner, setOwner] = useUrlState('owner');
  const [kind, setKind] = useUrlState('kind');
  const [status, setStatus] = useUrlState('status');
  const [sort, setSort] = useUrlState('sort', 'newest');
  const state = states.find((each) => each === written) ?? 'live';
  // No id is the name of nothing: without duplicates the list is empty.
  const ids = [...duplicates.keys()].slice(0, MOST_IDS).join(',') || '_';
  return {
    state,
    setState,
    values: { search, folder, owner, kind, status, sort },
    set: {
      search: setSearch,
      folder: setFolder,
      owner: setOwner,
      kind: setKind,
      status: setStatus,
      sort: setSort,
    },
    query: {
      search: search || undefined,
      archived: state === 'archived' ? 'true' : 'false',
      unused: state === 'unused' ? 'true' : 'false',
      folder: folder || undefined,
      owner: owner || undefined,
      status: audienceApi.definitionStatuses.find((each) => each === status),
      ids: state === 'duplicate' ? ids : undefined,
      sort: audienceApi.definitionSorts.find((each) => each === sort) ?? 'newest',
    },
    active: [search, folder, owner, kind, status].some(Boolean) || state !== 'live',
    leftOut:
      state === 'duplicate' && duplicates.size > MOST_IDS
        ? { shown: MOST_IDS, of: duplicates.size }
        : undefined,
  };
}

interface CatalogueFiltersProps {
  of: 'segment' | 'tag';
  filter: CatalogueFilter;
  kindName: (kind: string) => string;
}

/** Only members of segments are proved each night. */
const statusesOf = (kind: 'segment' | 'tag') =>
  audienceApi.definitionStatuses.filter((each) => kind === 'segment' || each !== 'differing');

export function CatalogueFilters({ of, filter, kindName }: CatalogueFiltersProps) {
  const { audience: words, ...text } = useText();
  const userName = useUserNames();
  const archived = filter.state === 'archived' ? 'true' : 'false';
  const { data: facets } = useRead(
    audienceApi.readAudienceFacets,
    { query: { kind: of, archived } },
    { keepPrevious: true },
  );
  const counted = (
    values: readonly { value: string; count: number }[] | undefined,
    label: (value: string) => string,
  ) =>
    (values ?? [])
      .filter(({ value }) => value !== '')
      .map(({ value, count }) => ({ value, label: `${label(value)} (${count})` }));
  const choice = (field: Field, label: string, options: { value: string; label: string }[]) => (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={label}
      placeholder={label}
      value={filter.values[field] || undefined}
      options={options}
      {...wideList}
      onChange={(value?: string) => filter.set[field](value ?? '')}
      style={{ minWidth: 120 }}
    />
  );
  return (
    <Filters>
      <SearchField
        label={words.search}
        value={filter.values.search}
        onSearch={filter.set.search}
        widthPx={230}
      />
      <Segmented<State>
        value={filter.state}
        options={states.map((value) => ({ value, label: words.states[value] }))}
        onChange={filter.setState}
      />
      {choice(
        'folder',
        words.folder,
        counted(facets?.folders, (value) => value),
      )}
      {choice('owner', words.owner, counted(facets?.owners, userName))}
      {choice('kind', text.kind, counted(facets?.kinds, kindName))}
      {choice(
        'status',
        words.status,
        statusesOf(of).map((value) => ({ value, label: words.statuses[value] })),
      )}
      <Select
        aria-label={words.sort}
        value={filter.query.sort}
        options={audienceApi.definitionSorts.map((value) => ({ value, label: words.sorts[value] }))}
        {...wideList}
        onChange={filter.set.sort}
      />
      {filter.leftOut && (
        <span className="faint" role="status">
          {words.duplicatesLeftOut(filter.leftOut.shown, filter.leftOut.of)}
        </span>
      )}
    </Filters>
  );
}
