-- Persons whose keys moved in a merge or a split: their relations of which there is one at a time are placed anew in
-- ClickHouse (packages/engine/src/profile/lines-of-relations.ts). A row goes when that is written.
create table profile.line (
  sequence bigint generated always as identity primary key,
  person_id bigint not null
);
-- Those who were merged before this was done.
insert into profile.line (person_id)
select distinct key.person_id from profile.former_person join identity.key as key using (key_number);
