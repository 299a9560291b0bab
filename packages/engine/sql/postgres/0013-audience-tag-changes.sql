-- What processes that hold values of tags in memory have to know of changes, to answer nothing that is no longer so.
-- Counts the times when all values of a tag may have changed.
alter table audience.tag add column values_stamp bigint not null default 0;

-- People whose values changed by themselves, in the order of commits; a null tag: all tags. The oldest are deleted.
create table audience.tag_touch (
  touch bigint primary key,
  tag_id text,
  people bigint[] not null
);
create table audience.tag_touch_state (
  only_row boolean primary key default true check (only_row),
  touch bigint not null
);
insert into audience.tag_touch_state (touch) values (0);
