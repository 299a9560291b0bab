-- How often in a row a computation failed, and since when (epoch milliseconds UTC); 0 and null once it succeeds.
alter table audience.segment add column failures integer not null default 0;
alter table audience.segment add column failing_since bigint;
alter table audience.tag add column failures integer not null default 0;
alter table audience.tag add column failing_since bigint;
update audience.segment set failures = 1, failing_since = updated_at where problem is not null;
update audience.tag set failures = 1, failing_since = updated_at where problem is not null;
-- What operators have been told is wrong, and not yet that it is over.
create table insight.told_trouble (
  kind text not null,
  object_id text not null,
  name text not null,
  told_at bigint not null,
  primary key (kind, object_id)
);
-- A notice without alert is one to operators.
alter table insight.alert_notice alter column alert_id drop not null;
create index alert_notice_operators on insight.alert_notice (notice_id) where alert_id is null;
