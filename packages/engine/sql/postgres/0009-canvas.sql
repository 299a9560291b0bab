-- Strategies, their frozen versions, and the people inside them.
create schema canvas;

create table canvas.strategy (
  strategy_id text primary key,
  name text not null,
  description text not null,
  state text not null check (state in ('draft', 'running', 'paused', 'stopped', 'finished')),
  draft jsonb not null,
  draft_revision integer not null,
  published_version integer,
  -- Daily entries before this instant are not made up for: set when published and when resumed.
  entries_from_at bigint,
  -- When it was stopped or finished; goals are still counted for a while after.
  closed_at bigint,
  created_by text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table canvas.version (
  strategy_id text not null references canvas.strategy,
  version integer not null,
  hash text not null check (length(hash) = 64),
  state text not null check (state in ('submitted', 'approved', 'rejected', 'published', 'superseded')),
  document jsonb not null,
  note text not null,
  submitted_by text not null,
  submitted_at bigint not null,
  decided_by text,
  decided_at bigint,
  decision_note text,
  published_by text,
  published_at bigint,
  primary key (strategy_id, version)
);

-- What was approved is what runs: nobody edits a version, whatever the code above may do.
create function canvas.refuse_version_edit() returns trigger language plpgsql as $$
begin
  raise exception 'a strategy version never changes';
end $$;
create trigger version_is_immutable before update on canvas.version for each row
  when (old.document is distinct from new.document or old.hash is distinct from new.hash)
  execute function canvas.refuse_version_edit();

-- One entry of one person into one strategy. `entry` is unique over all strategies.
create table canvas.enrolment (
  entry bigint generated always as identity,
  strategy_id text not null,
  version integer not null,
  -- The present person; follows merges and splits of `key_number`, the person at entry.
  person_id bigint not null,
  key_number bigint not null,
  is_active boolean not null,
  node_id text not null,
  arrived_at bigint not null,
  -- When the stepper must look next; null when ended.
  due_at bigint,
  -- Waits count from here: later than `arrived_at` when the last message was deferred.
  anchor_at bigint not null,
  -- Event waits whose event has happened.
  heard jsonb not null default '[]',
  holdout boolean not null,
  -- Split node -> branch, drawn once and kept, whatever becomes of the person.
  variants jsonb not null default '{}',
  -- Properties of the event or call that brought the person in.
  context jsonb not null default '{}',
  -- Send nodes whose message another entry, merged into this one, has had.
  already jsonb not null default '[]',
  request_id text,
  entered_at bigint not null,
  ended_at bigint,
  end_reason text,
  goal_until_at bigint,
  goal_at bigint,
  primary key (strategy_id, entry, person_id)
);
-- Nobody is inside a strategy twice.
create unique index enrolment_inside on canvas.enrolment (strategy_id, person_id) where is_active;
-- The stepper's claim.
create index enrolment_due on canvas.enrolment (strategy_id, due_at) where is_active;
-- Hearing events, and the look at former entries. Every move writes into each index, so there are no more.
create index enrolment_person on canvas.enrolment (person_id, strategy_id);
create unique index enrolment_request on canvas.enrolment (strategy_id, request_id) where request_id is not null;

-- Every node that an entry has left: append-only. Documents have no cycles, so a node is left once.
create table canvas.visit (
  strategy_id text not null,
  version integer not null,
  node_id text not null,
  entry bigint not null,
  person_id bigint not null,
  arrived_at bigint not null,
  left_at bigint not null,
  outcome text not null,
  detail text,
  primary key (strategy_id, version, node_id, entry, person_id)
);

-- Live numbers, written in the transaction that moves the people. Concurrent steppers use different slots,
-- so that they do not queue for one row. Node '' is the whole strategy; outcome '$in' is an arrival.
create table canvas.node_count (
  strategy_id text not null,
  version integer not null,
  node_id text not null,
  outcome text not null,
  slot smallint not null,
  people bigint not null,
  primary key (strategy_id, version, node_id, outcome, slot)
) with (fillfactor = 50);

-- Entries of an audience, each once: found in ClickHouse, then entered in batches up to `after_person_id`.
create table canvas.entry_run (
  run_id uuid primary key,
  strategy_id text not null,
  version integer not null,
  scheduled_at bigint not null,
  state text not null check (state in ('waiting', 'counting', 'entering', 'done', 'skipped', 'failed')),
  -- The list of people in ClickHouse; null until it is complete.
  list_id uuid,
  found bigint,
  entered bigint not null default 0,
  passed_over bigint not null default 0,
  after_person_id bigint not null default 0,
  finished_at bigint,
  reason text,
  unique (strategy_id, scheduled_at)
);
create index entry_run_open on canvas.entry_run (scheduled_at) where state in ('waiting', 'counting', 'entering');
