-- How far what is kept about people for segments has come (packages/engine/src/audience/incremental); one row or none.
-- It takes the place of kept event counts, which are made anew in this form.
drop table audience.count_state;
drop sequence audience.count_generation;
alter table audience.segment drop column kept;
delete from audience.moved_person;

create sequence audience.kept_step;
create table audience.kept_state (
  only_row boolean primary key default true check (only_row),
  step bigint not null,
  generation bigint not null,
  counts int not null,
  -- Steps of the generation that were begun and never finished.
  abandoned jsonb not null,
  at bigint not null,
  received_until bigint not null,
  parts jsonb not null,
  marks jsonb not null
);
