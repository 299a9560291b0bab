-- Linking of record tables without common keys: kept files and runs. Times are epoch milliseconds UTC.

-- Rows of a kept file are in ClickHouse: linkage_file_<id without dashes>.
create table identity.record_file (
  file_id uuid primary key,
  name text not null,
  columns text[] not null,
  row_count bigint not null,
  kept_by text not null,
  kept_at bigint not null
);

create table identity.linking_run (
  run_id uuid primary key,
  -- Order of starting: several may have one instant.
  sequence bigint generated always as identity,
  settings jsonb not null,
  state text not null check (state in ('waiting', 'running', 'compared', 'applying', 'applied',
    'withdrawing', 'withdrawn', 'stopped', 'failed')),
  step text,
  -- Those in force: an application may choose others than the settings.
  link_above double precision not null,
  review_above double precision not null,
  started_by text not null,
  started_at bigint not null,
  finished_at bigint,
  seconds double precision,
  attempts integer not null default 0,
  stop_requested boolean not null default false,
  -- Counts, bins of weights, learnt shares: what was found.
  findings jsonb,
  -- Pairs found to be one person already by the last application.
  together bigint,
  acted_by text,
  reason text,
  error_code text,
  error_reason text,
  -- Real time until which the compared records stay in ClickHouse; null when they are gone.
  pairs_until bigint
);
create index linking_run_order on identity.linking_run (sequence desc);
-- One at a time: it takes the memory and both cores.
create unique index linking_run_under_way on identity.linking_run ((true))
  where state in ('waiting', 'running', 'applying', 'withdrawing');

-- Links and reviews of a run.
create index assertion_linking on identity.assertion (message_id) where source_id = 'linkage';
create index quarantine_linking on identity.quarantine_item ((evidence ->> 'run')) where reason = 'linkage';
