-- Collection: sources, exactly-once claims, the ledger, rejected records, the tracking plan, outbox and inbox.
-- All times are epoch milliseconds UTC; `day` as text is a calendar day of the bank's time zone.
create schema ingest;

create table ingest.source (
  source_id text primary key,
  name text not null,
  mode text not null check (mode in ('lenient', 'strict')),
  login_key_type text not null,
  anonymous_key_type text not null,
  maximum_age_days integer not null,
  disabled boolean not null default false,
  created_at bigint not null
);

-- Several keys may be valid at once, so that a key can be rotated without losing a client.
create table ingest.source_key (
  key_id uuid primary key,
  source_id text not null references ingest.source (source_id),
  fingerprint uuid not null unique,
  masked text not null,
  created_at bigint not null,
  expires_at bigint
);
create index on ingest.source_key (source_id);

-- Processes that commit batches. One that has not been seen for a while is dead, and its batches are settled by another.
create table ingest.process (
  process_id uuid primary key,
  seen_at bigint not null,
  -- Of the operating system: on one machine a dead process is known at once.
  pid integer not null
);

-- A row lives from the claim of a batch's records until they are settled: a claim whose batch has no row is final.
create table ingest.batch (
  batch bigint generated always as identity primary key,
  batch_id uuid not null,
  process_id uuid not null,
  started_at bigint not null
);

-- One row a record: who comes second finds it here. `day` is the record's own day (days since 1970 UTC), 0 for
-- records whose own day is missing or far from today, so that whole days can be dropped instead of deleted.
create table ingest.claim (
  day integer not null,
  event_id uuid not null,
  batch bigint not null,
  primary key (day, event_id)
) partition by list (day);
-- Batches grow with time and claims are appended: BRIN finds the claims of a batch at nearly no cost of space.
create index on ingest.claim using brin (batch) with (pages_per_range = 32);
create table ingest.claim_undated partition of ingest.claim for values in (0);

-- The first batch of each day, so that undated claims can be forgotten by age.
create table ingest.claim_mark (
  day integer primary key,
  first_batch bigint not null
);

create table ingest.ledger (
  source_id text not null,
  day text not null,
  received bigint not null,
  stored bigint not null,
  duplicate bigint not null,
  rejected bigint not null,
  primary key (source_id, day)
);

create table ingest.rejected (
  rejected_id uuid primary key,
  source_id text not null,
  received_at bigint not null,
  day text not null,
  format text not null,
  unit text not null check (unit in ('record', 'body')),
  code text not null,
  details jsonb not null,
  event text,
  size_bytes integer not null,
  -- Encrypted: a rejected record may hold anything.
  raw_box text not null,
  raw_encoding text not null check (raw_encoding in ('text', 'base64')),
  context jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'repaired', 'replayed', 'discarded')),
  settled_at bigint
);
create index on ingest.rejected (received_at desc, rejected_id desc);
create index on ingest.rejected (source_id, day);

create table ingest.plan_event (
  event text primary key,
  title text not null default '',
  meaning text not null default '',
  state text not null default 'learnt' check (state in ('learnt', 'governed', 'hidden')),
  usage bigint not null default 0,
  first_seen_at bigint not null,
  last_seen_at bigint not null
);

create table ingest.plan_property (
  event text not null references ingest.plan_event (event),
  property text not null,
  type text not null,
  title text not null default '',
  meaning text not null default '',
  pii_class text not null default 'none',
  state text not null default 'learnt' check (state in ('learnt', 'governed', 'hidden')),
  usage bigint not null default 0,
  conflicts bigint not null default 0,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  primary key (event, property)
);

-- Facts of our own, written in the transaction that makes them true, relayed to ClickHouse afterwards.
create table ingest.outbox (
  outbox_id bigint generated always as identity primary key,
  event_id uuid not null,
  person_id bigint not null,
  event text not null,
  time bigint not null,
  -- json, not jsonb: it is passed on, never looked into.
  properties json not null,
  batch bigint
);
create index on ingest.outbox (outbox_id) where batch is null;
create index on ingest.outbox (batch) where batch is not null;

-- Events that a later room waits for, one row per consumer, deleted when taken.
create table ingest.inbox (
  consumer text not null,
  sequence bigint generated always as identity,
  person_id bigint not null,
  key_number bigint not null,
  event text not null,
  event_id uuid not null,
  time bigint not null,
  source_id text not null,
  properties jsonb not null,
  primary key (consumer, sequence)
);
