-- Runs of the file import. Times are epoch milliseconds UTC.
create schema imports;

create table imports.run (
  run_id uuid primary key,
  name text not null,
  source_id text not null,
  mapping jsonb not null,
  -- Of mapping and files: a run that was interrupted is found again by it.
  fingerprint text not null,
  -- waiting: files are still to come over HTTP; a running one whose process died is taken up by the next start.
  state text not null check (state in ('waiting', 'running', 'finished', 'failed')),
  as_of bigint not null,
  started_at bigint not null,
  finished_at bigint,
  records jsonb not null default '{}',
  error text
);
create index run_started on imports.run (started_at desc, run_id desc);
create index run_fingerprint on imports.run (fingerprint) where state in ('running', 'failed');

create table imports.file (
  run_id uuid not null references imports.run (run_id) on delete cascade,
  file text not null,
  position integer not null,
  -- Size in bytes when it was first opened; a file that changed cannot be gone on with.
  bytes bigint,
  rows_done bigint not null default 0,
  rows_rejected bigint not null default 0,
  finished boolean not null default false,
  primary key (run_id, file)
);

-- What was not taken and why; the row itself is encrypted, it may hold personal data.
create table imports.rejection (
  run_id uuid not null references imports.run (run_id) on delete cascade,
  file text not null,
  row_number bigint not null,
  record integer not null,
  position integer not null,
  code text not null,
  detail text not null,
  row_box text not null,
  primary key (run_id, file, row_number, record, position)
);
