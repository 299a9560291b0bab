-- Streams that are read in. Times are epoch milliseconds UTC.
create schema streams;

create table streams.stream (
  stream_id text primary key,
  name text not null,
  source_id text not null,
  settings jsonb not null,
  -- Encrypted: passwords and keys by name.
  secrets_box text not null,
  -- What is wanted; what is, the workers say.
  state text not null check (state in ('running', 'paused', 'stopped')),
  -- Grows with each change of settings or secrets: workers connect anew.
  version integer not null default 1,
  -- The group was given its start positions once.
  positioned boolean not null default false,
  messages bigint not null default 0,
  stored bigint not null default 0,
  duplicate bigint not null default 0,
  rejected bigint not null default 0,
  lost_messages bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null
);

-- What each process does for a stream; rows of processes that are gone grow old and are removed.
create table streams.worker (
  stream_id text not null references streams.stream (stream_id) on delete cascade,
  process_id uuid not null,
  activity text not null check (activity in ('connecting', 'reading', 'waiting', 'paused')),
  error text,
  -- [{topic, partition, position, end}] of the partitions assigned to the process.
  partitions jsonb not null default '[]',
  seen_at bigint not null,
  primary key (stream_id, process_id)
);
