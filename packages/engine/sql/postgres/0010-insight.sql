-- Saved questions: dashboards and alerts. Times are epoch ms UTC.
create schema insight;

create table insight.dashboard (
  dashboard_id uuid primary key,
  name text not null,
  description text not null,
  owner text not null,
  shared boolean not null,
  tiles jsonb not null,
  revision integer not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index dashboard_owner on insight.dashboard (owner);

create table insight.alert (
  alert_id uuid primary key,
  name text not null,
  owner text not null,
  definition jsonb not null,
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
  raised boolean not null,
  problem text,
  primary key (alert_id, at)
);
