-- Saved questions: dashboards and alerts. Times are epoch ms UTC.
create schema insight;

create table insight.dashboard (
  dashboard_id uuid primary key,
  name text not null,
  description text not null,
  owner text not null,
  shared boolean not null,
  -- Roles that see it when it is shared; none: all.
  shared_with text[] not null,
  tiles jsonb not null,
  -- Null: answers are computed when they are looked at.
  refresh_ms bigint,
  refresh_at bigint,
  revision integer not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index dashboard_owner on insight.dashboard (owner);
create index dashboard_refresh on insight.dashboard (refresh_at) where refresh_at is not null;

-- Last answer to each question; dropped with the dashboard, passed over when the question is another one.
create table insight.tile_answer (
  dashboard_id uuid not null references insight.dashboard on delete cascade,
  tile_id text not null,
  -- Print of the question.
  question text not null,
  answer jsonb,
  problem text,
  as_of bigint not null,
  primary key (dashboard_id, tile_id)
);

create table insight.alert (
  alert_id uuid primary key,
  name text not null,
  owner text not null,
  definition jsonb not null,
  -- Encrypted JSON: whom it tells. Addresses are people's, or hold keys.
  targets text not null,
  -- Secret that signs webhooks, encrypted; null until it is first needed.
  signing_secret text,
  enabled boolean not null,
  every_ms bigint not null,
  -- When it is looked at next; moved on before the look, so that several processes do not look twice.
  next_at bigint not null,
  -- Null: not raised.
  raised_since bigint,
  created_at bigint not null,
  updated_at bigint not null
);
create index alert_due on insight.alert (next_at) where enabled;

create table insight.alert_check (
  alert_id uuid not null references insight.alert on delete cascade,
  at bigint not null,
  value double precision,
  before double precision,
  -- What was usual, of an anomaly.
  expected double precision,
  low double precision,
  high double precision,
  raised boolean not null,
  problem text,
  primary key (alert_id, at)
);
-- What is to be told, written with the look that found it: told at least once, under one id.
create table insight.alert_notice (
  notice_id uuid primary key,
  alert_id uuid not null references insight.alert on delete cascade,
  kind text not null,
  channel text not null,
  -- Address, encrypted: an e-mail address is a person's, and a webhook's address may hold a key.
  address text not null,
  shown_address text not null,
  message jsonb not null,
  state text not null,
  attempts integer not null,
  -- Null: nothing is left to do.
  next_at bigint,
  last_error text,
  created_at bigint not null,
  sent_at bigint
);
create index alert_notice_due on insight.alert_notice (next_at) where next_at is not null;
create index alert_notice_alert on insight.alert_notice (alert_id, notice_id);
