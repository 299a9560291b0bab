import { Segmented, Select } from 'antd';
import { useText } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Filters } from '../../parts/filters.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useUrlState } from '../../parts/url-state.ts';

const states = ['live', 'unused', 'duplicate', 'archived'] as const;
type State = (typeof states)[number];

/** What the catalogue of segments or tags is narrowed to; all of it stands in the address. */
export interface CatalogueFilter {
  search: string;
  setSearch: (search: string) => void;
  state: State;
  setState: (state: string) => void;
  folder: string;
  setFolder: (folder: string) => void;
  owner: string;
  setOwner: (owner: string) => void;
  /** What the server narrows by. */
  query: { search: string | undefined; archived: 'true' | 'false'; unused: 'true' | 'false' };
  /** What is narrowed here, among what was read. */
  keeps: (item: { folder: string; owner: string }) => boolean;
  active: boolean;
}

export function useCatalogueFilter(): CatalogueFilter {
  const [search, setSearch] = useUrlState('search');
  const [written, setState] = useUrlState('state', 'live');
  const [folder, setFolder] = useUrlState('folder');
  const [owner, setOwner] = useUrlState('owner');
  const state = states.find((each) => each === written) ?? 'live';
  return {
    search,
    setSearch,
    state,
    setState,
    folder,
    setFolder,
    owner,
    setOwner,
    query: {
      search: search || undefined,
      archived: state === 'archived' ? 'true' : 'false',
      unused: state === 'unused' ? 'true' : 'false',
    },
    keeps: (item) => (!folder || item.folder === folder) && (!owner || item.owner === owner),
    active: search !== '' || folder !== '' || owner !== '' || state !== 'live',
  };
}

interface CatalogueFiltersProps {
  filter: CatalogueFilter;
  items: readonly { folder: string; owner: string }[];
  /** The states that this catalogue can tell apart. */
  offered?: readonly State[];
}

export function CatalogueFilters({ filter, items, offered = states }: CatalogueFiltersProps) {
  const { audience: words } = useText();
  const userName = useUserNames();
  const folders = [...new Set(items.map(({ folder }) => folder))].filter(Boolean).toSorted();
  const owners = [...new Set(items.map(({ owner }) => owner))];
  return (
    <Filters>
      <SearchField label={words.search} value={filter.search} onSearch={filter.setSearch} widthPx={230} />
      <Segmented<State>
        value={filter.state}
        options={offered.map((value) => ({ value, label: words.states[value] }))}
        onChange={filter.setState}
      />
      {(folders.length > 0 || filter.folder !== '') && (
        <Select
          allowClear
          aria-label={words.folder}
          placeholder={words.folder}
          value={filter.folder || undefined}
          options={folders.map((value) => ({ value, label: value }))}
          onChange={(value?: string) => filter.setFolder(value ?? '')}
          style={{ minWidth: 140 }}
        />
      )}
      {owners.length > 1 && (
        <Select
          allowClear
          aria-label={words.owner}
          placeholder={words.owner}
          value={filter.owner || undefined}
          options={owners.map((value) => ({ value, label: userName(value) }))}
          onChange={(value?: string) => filter.setOwner(value ?? '')}
          style={{ minWidth: 140 }}
        />
      )}
    </Filters>
  );
}
