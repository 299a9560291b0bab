-- The same values in the order of people: "what are this person's tags" reads a granule or two, not one for each tag.
create table if not exists tag_value_of_person (
  tag_id LowCardinality(String),
  person_id UInt64,
  texts Array(String),
  numbers Array(Float64),
  version UInt64,
  deleted UInt8 default 0
) engine = ReplacingMergeTree(version, deleted) order by (person_id, tag_id) settings index_granularity = 128;

create materialized view if not exists tag_value_feed to tag_value_of_person as
select tag_id, person_id, texts, numbers, version, deleted from tag_value;

insert into tag_value_of_person select tag_id, person_id, texts, numbers, version, deleted from tag_value;
