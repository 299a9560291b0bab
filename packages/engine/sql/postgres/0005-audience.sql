-- Tags, segments, who uses them, and their computations. Times are epoch milliseconds UTC.
create schema audience;

-- A segment and its newest version. Members are in ClickHouse (segment_membership) under the committed run:
-- runs beyond `run` and up to `last_run` were begun and never finished.
create table audience.segment (
  segment_id text primary key,
  name text not null,
  description text not null,
  folder text not null,
  kind text not null check (kind in ('rule', 'snapshot', 'import', 'lookalike')),
  version int not null,
  body text,
  document jsonb,
  schedule jsonb not null,
  owner text not null,
  archived boolean not null default false,
  created_at bigint not null,
  updated_at bigint not null,
  run bigint not null default 0,
  last_run bigint not null default 0,
  members bigint,
  computed_at bigint,
  due_at bigint,
  problem text,
  lookups bigint not null default 0,
  looked_up_at bigint,
  priority int not null default 5,
  -- Which step of the kept counts the members stand for; null when they were not found from them.
  kept jsonb,
  -- Of a lookalike: whom by what, and why its members are alike (from the last computation).
  lookalike jsonb,
  explanation jsonb
);
create index segment_due on audience.segment (due_at) where due_at is not null and not archived;

create table audience.segment_version (
  segment_id text not null references audience.segment,
  version int not null,
  body text,
  document jsonb,
  edited_by text not null,
  edited_at bigint not null,
  primary key (segment_id, version)
);

-- Committed runs only: the trend of a segment, and the watermark of its enter/leave log.
create table audience.segment_run (
  segment_id text not null references audience.segment,
  run bigint not null,
  at bigint not null,
  kind text not null check (kind in ('full', 'incremental', 'identity', 'import')),
  members bigint not null,
  entered bigint not null,
  left_count bigint not null,
  took_ms double precision not null,
  primary key (segment_id, run)
);

create table audience.tag (
  tag_id text primary key,
  name text not null,
  description text not null,
  folder text not null,
  kind text not null check (kind in ('rule', 'sql', 'model', 'import', 'manual')),
  value_type text not null,
  version int not null,
  body text,
  document jsonb,
  schedule jsonb not null,
  owner text not null,
  archived boolean not null default false,
  created_at bigint not null,
  updated_at bigint not null,
  last_run bigint not null default 0,
  people bigint,
  computed_at bigint,
  due_at bigint,
  problem text,
  priority int not null default 5,
  -- Of model tags: the scorer, and how long its scores hold.
  model jsonb,
  model_version text
);
create index tag_due on audience.tag (due_at) where due_at is not null and not archived;

create table audience.tag_version (
  tag_id text not null references audience.tag,
  version int not null,
  body text,
  document jsonb,
  edited_by text not null,
  edited_at bigint not null,
  primary key (tag_id, version)
);

create table audience.tag_run (
  tag_id text not null references audience.tag,
  run bigint not null,
  at bigint not null,
  people bigint not null,
  took_ms double precision not null,
  model_version text,
  primary key (tag_id, run)
);

-- Lineage: what refers to which segment or tag.
create table audience.usage (
  user_kind text not null check (user_kind in ('segment', 'tag', 'strategy', 'report')),
  user_id text not null,
  user_name text not null,
  used_kind text not null check (used_kind in ('segment', 'tag')),
  used_id text not null,
  primary key (user_kind, user_id, used_kind, used_id)
);
create index usage_of on audience.usage (used_kind, used_id);

-- Weekdays the bank is closed and weekend days it works, for trading-day windows.
create table audience.calendar_day (
  day date primary key,
  open boolean not null
);

-- How far the kept event counts have come (packages/engine/src/audience/incremental); one row or none.
create sequence audience.count_generation;
create table audience.count_state (
  only_row boolean primary key default true check (only_row),
  generation bigint not null,
  count_generation bigint not null,
  step int not null,
  -- A step beyond `step` was begun and never finished.
  begun_step int not null,
  logged_from_step int not null,
  at bigint not null,
  slots jsonb not null,
  received_until bigint not null,
  marks jsonb not null
);

-- People whom merges and splits touched; the kept counts look at each of them again.
create table audience.moved_person (
  sequence bigint generated always as identity primary key,
  person_id bigint not null,
  at bigint not null
);

-- Nightly proofs that what is kept equals what a full computation finds.
create table audience.proof (
  proof_id uuid primary key,
  at bigint not null,
  segments int not null,
  differing text[] not null
);
