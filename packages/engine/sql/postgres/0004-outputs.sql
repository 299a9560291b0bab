-- What leaves Wutong. Times are epoch milliseconds UTC.
create schema outputs;

create table outputs.output (
  output_id text primary key,
  name text not null,
  selection jsonb not null,
  destination jsonb not null,
  schedule jsonb not null,
  open_personal_data boolean not null,
  -- Encrypted: passwords, keys, the signing secret by name.
  secrets_box text not null,
  state text not null check (state in ('running', 'paused', 'finished', 'failed')),
  -- What was sent, in the words of the subject.
  cursor jsonb not null,
  -- The portion under way: kept before its first row is sent, so that a retry sends the same rows under the same ids.
  plan jsonb,
  slice bigint not null default 0,
  -- Deliveries of the portion that are done.
  chunk integer not null default 0,
  attempts integer not null default 0,
  dead_in_a_row integer not null default 0,
  rows_sent bigint not null default 0,
  error text,
  next_at bigint,
  created_at bigint not null,
  updated_at bigint not null
);
create index on outputs.output (next_at) where state = 'running';

-- Batches of events that an output has not sent. Written by the transaction that ends a batch, for every output of
-- events that there is: nothing depends on the order in which batches become visible.
create table outputs.waiting (
  output_id text not null references outputs.output (output_id) on delete cascade,
  batch_id uuid not null,
  -- None of its rows was received before this or after that.
  received_from bigint not null,
  started_at bigint not null,
  primary key (output_id, batch_id)
);

create table outputs.slice (
  output_id text not null references outputs.output (output_id) on delete cascade,
  slice bigint not null,
  rows bigint not null,
  bytes bigint not null,
  file text,
  sha256 text,
  finished_at bigint not null,
  primary key (output_id, slice)
);

-- Deliveries that were given up, encrypted, until they are replayed.
create table outputs.dead (
  dead_id uuid primary key,
  output_id text not null references outputs.output (output_id) on delete cascade,
  delivery_id uuid not null,
  rows integer not null,
  body_box text not null,
  reason text not null,
  at bigint not null
);
create index on outputs.dead (output_id, at, dead_id);

-- Readers of the masked views; of a password only the SHA-256 is kept.
create table outputs.reader (
  name text primary key,
  password_hash text not null,
  created_at bigint not null
);
