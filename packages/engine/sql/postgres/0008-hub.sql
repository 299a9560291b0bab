-- Hub: the send ledger, suppliers, routes, receipts, links, slots, tasks. Times are epoch ms UTC.

create schema hub;

-- Processes that may call suppliers. A process holds a session advisory lock on its number as long as it
-- lives; when the lock can be had, the process is dead and its unanswered attempts are uncertain.
create table hub.process (
  process_number bigint generated always as identity primary key,
  started_at bigint not null
);

-- One send step of one strategy version; a small number stands for it in the large tables.
create table hub.step (
  step_id integer generated always as identity primary key,
  strategy_id text not null,
  strategy_version integer not null,
  node_id text not null,
  held boolean not null default false,
  unique (strategy_id, strategy_version, node_id)
);

create table hub.supplier (
  supplier_id text primary key,
  name text not null,
  kind text not null,
  channel text not null,
  settings jsonb not null,
  secrets text not null,
  rate_per_second double precision not null,
  send_window integer not null,
  purposes text[] not null,
  unit_cost_micros integer not null,
  state text not null default 'active' check (state in ('active', 'paused')),
  -- The session, as its owner last saw it.
  owner_process bigint,
  link text not null default 'down' check (link in ('up', 'down', 'not_needed')),
  bound_at bigint,
  last_error text,
  last_error_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  -- Raised by every edit, so that owners notice.
  revision integer not null default 1
);

create table hub.route (
  route_id text primary key,
  name text not null,
  channel text not null,
  priority integer not null,
  purposes text[] not null,
  prefixes text[] not null,
  shares jsonb not null,
  enabled boolean not null
);

-- One wish to reach one person once. fillfactor leaves room on the page for the three or four changes of
-- state each row lives through, so that they are heap-only updates without index writes.
create table hub.message (
  message_id uuid not null,
  person_id bigint not null,
  step_id integer not null references hub.step,
  entry bigint not null,
  lane smallint not null check (lane between 0 and 2),
  channel text not null,
  purpose text not null,
  content_id text not null,
  content_version integer not null,
  content_variant text,
  cascade jsonb,
  policy jsonb,
  -- Encrypted JSON: values for the templates.
  context text,
  state text not null check (state in ('suppressed', 'pending', 'sent', 'failed', 'uncertain')),
  reason text,
  supplier_id text,
  tried text[] not null default '{}',
  attempts smallint not null default 0,
  reserved_at bigint not null,
  expires_at bigint not null,
  sent_at bigint,
  delivered_at bigint,
  clicked_at bigint,
  primary key (message_id, person_id),
  -- Reserved twice is reserved once.
  unique (step_id, person_id, entry)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index message_of_person on hub.message (person_id, message_id);
create index message_of_step on hub.message (step_id, message_id);

-- Pending messages that wait for their time or their turn. A message being called is not here.
create table hub.waiting (
  message_id uuid primary key,
  channel text not null,
  lane smallint not null,
  due_at bigint not null,
  -- Set when another process owns the supplier chosen.
  supplier_id text,
  held boolean not null default false
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index waiting_turn on hub.waiting (channel, lane, due_at) where not held;

-- One call of one supplier, committed before the call is made.
create table hub.attempt (
  attempt_id uuid primary key,
  message_id uuid not null,
  person_id bigint not null,
  ordinal smallint not null,
  channel text not null,
  supplier_id text not null,
  process_number bigint not null,
  state text not null check (state in ('calling', 'returned', 'sent', 'uncertain', 'no_receipt', 'rejected',
    'expired', 'undeliverable', 'delivered')),
  code text,
  key_number bigint,
  -- Keyed hash of the address in its receipt form, to match receipts without storing the address.
  address_print uuid,
  address_masked text,
  parts smallint not null default 1,
  -- Encrypted JSON of the texts as they left.
  rendered text,
  called_at bigint not null,
  answered_at bigint,
  final_at bigint,
  -- How long a receipt may take before the next supplier is tried; null: no such promise.
  receipt_wait_ms bigint,
  receipt_due_at bigint,
  unique (message_id, ordinal)
) with (fillfactor = 80);
create index attempt_calling on hub.attempt (process_number) where state = 'calling';
create index attempt_receipt_due on hub.attempt (supplier_id, receipt_due_at) where receipt_due_at is not null;
create index attempt_uncertain on hub.attempt (supplier_id, address_print) where state = 'uncertain';

-- The supplier's ids of an attempt: one row for each part. Suppliers reuse ids after a restart, so an id
-- may stand for several attempts; the newest one with the receipt's address is meant.
create table hub.part (
  supplier_id text not null,
  provider_id text not null,
  attempt_id uuid not null,
  part smallint not null,
  state text not null default 'sent',
  primary key (supplier_id, provider_id, attempt_id)
);
create index part_of_attempt on hub.part (attempt_id);

-- Receipts as they were acknowledged, until they are applied. Suppliers allow only some tens of unanswered receipts,
-- so a receipt is acknowledged when it stands here, and applied with a thousand others.
create table hub.heard (
  heard_id bigint generated always as identity primary key,
  supplier_id text not null,
  -- Readings of the supplier's id, the likeliest first, with a blank between.
  provider_ids text not null,
  state text not null,
  code text,
  address_print uuid,
  received_at bigint not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- Every receipt as it came. Without an attempt it is an orphan, tried again when answers are recorded.
create table hub.receipt (
  receipt_id uuid primary key,
  supplier_id text not null,
  provider_id text not null,
  attempt_id uuid,
  state text not null,
  code text,
  address_print uuid,
  received_at bigint not null,
  changed boolean not null
);
create index receipt_of_attempt on hub.receipt (attempt_id) where attempt_id is not null;
create index receipt_orphan on hub.receipt (supplier_id, provider_id) where attempt_id is null;

-- Replies of people, with the text encrypted.
create table hub.reply (
  reply_id uuid primary key,
  supplier_id text not null,
  person_id bigint not null,
  body text not null,
  opted_out boolean not null,
  received_at bigint not null
);
create index reply_of_person on hub.reply (person_id, reply_id);

-- Numbers of a supplier by minute, for its health.
create table hub.supplier_minute (
  supplier_id text not null,
  minute_at bigint not null,
  sent integer not null default 0,
  delivered integer not null default 0,
  failed integer not null default 0,
  uncertain integer not null default 0,
  returned integer not null default 0,
  parts integer not null default 0,
  primary key (supplier_id, minute_at)
);

-- The books. Triggers write what each statement on hub.message changed, in its own transaction, so the books
-- are exact at every instant whatever code wrote; a loop adds the lines up so that reading stays cheap. Lines with
-- state 'audience' count what was reserved and never change: the other side of the balance.
create table hub.tally (
  tally_id bigint generated always as identity primary key,
  step_id integer not null,
  state text not null,
  reason text,
  channel text not null,
  supplier_id text,
  content_variant text,
  delivered boolean not null,
  clicked boolean not null,
  messages bigint not null
);
create index tally_of_step on hub.tally (step_id);

create function hub.tally_insert() returns trigger language plpgsql as $$
begin
  insert into hub.tally (step_id, state, reason, channel, supplier_id, content_variant, delivered, clicked, messages)
  select step_id, state, reason, channel, supplier_id, content_variant,
    delivered_at is not null, clicked_at is not null, count(*)
  from new_rows group by 1, 2, 3, 4, 5, 6, 7, 8
  union all
  select step_id, 'audience', null, '', null, null, false, false, count(*) from new_rows group by 1;
  return null;
end $$;

create function hub.tally_update() returns trigger language plpgsql as $$
begin
  insert into hub.tally (step_id, state, reason, channel, supplier_id, content_variant, delivered, clicked, messages)
  select step_id, state, reason, channel, supplier_id, content_variant, delivered, clicked, sum(messages)
  from (
    select step_id, state, reason, channel, supplier_id, content_variant,
      delivered_at is not null as delivered, clicked_at is not null as clicked, 1 as messages from new_rows
    union all
    select step_id, state, reason, channel, supplier_id, content_variant,
      delivered_at is not null, clicked_at is not null, -1 from old_rows
  ) as changes
  group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(messages) <> 0;
  return null;
end $$;

create trigger message_inserted after insert on hub.message
  referencing new table as new_rows for each statement execute function hub.tally_insert();
create trigger message_updated after update on hub.message
  referencing old table as old_rows new table as new_rows for each statement execute function hub.tally_update();

-- Messages are never deleted: the books would lose them.
create function hub.refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'messages are never deleted';
end $$;
create trigger message_never_deleted before delete on hub.message
  for each statement execute function hub.refuse_delete();

-- Short links and unsubscribe links.
create table hub.link (
  token text primary key,
  purpose text not null check (purpose in ('click', 'unsubscribe')),
  message_id uuid not null,
  person_id bigint not null,
  target text not null,
  uses integer not null default 0,
  first_used_at bigint
);

-- What slots of the app or page show. Texts encrypted.
create table hub.slot_item (
  message_id uuid primary key,
  person_id bigint not null,
  slot text not null,
  body text not null,
  created_at bigint not null,
  valid_until bigint not null,
  closed boolean not null default false
);
create index slot_item_of_person on hub.slot_item (person_id, slot) where not closed;

-- Tasks of managers and agents. Texts encrypted.
create table hub.task (
  task_id uuid primary key,
  message_id uuid not null unique,
  person_id bigint not null,
  manager_id text,
  institution_id text,
  body text not null,
  strategy_id text not null,
  node_id text not null,
  state text not null default 'open' check (state in ('open', 'claimed', 'done', 'expired')),
  outcome text,
  note text,
  created_at bigint not null,
  expires_at bigint not null,
  claimed_at bigint,
  claimed_by text,
  done_at bigint
);
create index task_list on hub.task (state, task_id);
create index task_of_manager on hub.task (manager_id, state, task_id);
create index task_of_person on hub.task (person_id);

-- Messages posted to the API: the same key for the same person is the same message.
create table hub.posted (
  idempotency_key text not null,
  person_id bigint not null,
  content_id text not null,
  entry bigint generated always as identity,
  primary key (idempotency_key, person_id)
);
