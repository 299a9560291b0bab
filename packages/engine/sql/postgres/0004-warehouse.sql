-- Connections to the sources of others, the tables of them that are mapped, and ingestion tasks with their runs.
-- Times are epoch milliseconds UTC.
create schema warehouse;

create table warehouse.connection (
  connection_id text primary key,
  name text not null,
  kind text not null,
  settings jsonb not null,
  -- Encrypted JSON of the secrets by their names; null when there are none.
  secrets_box text,
  secret_names text[] not null default '{}',
  created_at bigint not null,
  updated_at bigint not null,
  -- Outcome of the last test.
  checked_at bigint,
  check_code text
);

create table warehouse.mapped_table (
  table_name text primary key,
  connection_id text not null references warehouse.connection (connection_id),
  schema_name text not null,
  source_table text not null,
  text_columns text[] not null default '{}',
  description text not null default '',
  columns jsonb not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index mapped_table_connection on warehouse.mapped_table (connection_id);

create table warehouse.task (
  task_id text primary key,
  definition jsonb not null,
  source_id text not null,
  -- Mapped tables that its query reads.
  tables text[] not null,
  -- Whether it runs by its schedule.
  enabled boolean not null default false,
  next_due_at bigint,
  -- Settled so far, as the column of the watermark writes it.
  watermark text,
  succeeded_at bigint,
  -- Everything that the source held at this instant is in.
  complete_until bigint,
  started_at bigint,
  created_at bigint not null,
  updated_at bigint not null
);
create index task_due on warehouse.task (next_due_at) where enabled;
create index task_source on warehouse.task (source_id);

create table warehouse.run (
  run_id uuid primary key,
  -- Order of opening: several may have one instant.
  sequence bigint generated always as identity,
  task_id text not null references warehouse.task (task_id) on delete cascade,
  state text not null check (state in ('waiting', 'running', 'finished', 'failed', 'stopped')),
  cause text not null check (cause in ('schedule', 'request')),
  attempt integer not null default 0,
  started_at bigint not null,
  finished_at bigint,
  next_try_at bigint not null,
  -- What it reads: decided at its first try, so that a later one goes on with the same.
  planned boolean not null default false,
  from_watermark text,
  until_watermark text,
  complete_until bigint,
  -- Of the last row that was settled: watermark and key columns, in the order of reading.
  cursor jsonb,
  watermark text,
  rows_in bigint not null default 0,
  rows_rejected bigint not null default 0,
  records jsonb not null default '{}',
  code text,
  problem text,
  stop_requested boolean not null default false
);
create index run_of_task on warehouse.run (task_id, sequence desc);
-- A task has one run at a time.
create unique index run_under_way on warehouse.run (task_id) where state in ('waiting', 'running');

create table warehouse.log (
  run_id uuid not null references warehouse.run (run_id) on delete cascade,
  line bigint generated always as identity,
  at bigint not null,
  level text not null,
  text text not null,
  primary key (run_id, line)
);

-- What was not taken and why; the row itself is encrypted, it may hold personal data.
create table warehouse.rejection (
  run_id uuid not null references warehouse.run (run_id) on delete cascade,
  row_number bigint not null,
  record integer not null,
  position integer not null,
  code text not null,
  detail text not null,
  row_box text not null,
  primary key (run_id, row_number, record, position)
);
