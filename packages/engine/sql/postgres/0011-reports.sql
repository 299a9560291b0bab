-- Business reports kept under a name: the question, not its answer. Times are epoch ms UTC.
create table insight.report (
  report_id uuid primary key,
  name text not null,
  description text not null,
  owner text not null,
  -- Seen by everybody who may see reports; changed by its owner only.
  shared boolean not null,
  report jsonb not null,
  revision integer not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index report_owner on insight.report (owner);
