-- Tables of the profile. Columns of declared attributes and fields are added when they are declared;
-- tables entity_<type>, detail_<type> and detail_<type>_history are made with their declaration
-- (packages/engine/src/profile/shape-tables.ts). All are read with FINAL, which leaves out deleted rows.
-- Columns of class `identifying` hold the keyed fingerprint; `sealed` holds the encrypted values by field.

-- Present persons and their attributes: one typed column for each.
create table if not exists person (
  person_id UInt64,
  key_number UInt64,
  version UInt64,
  deleted UInt8 default 0
) engine = ReplacingMergeTree(version, deleted) order by person_id;

-- Relations between two ends. An end that is a person has the key number as its id, the key number in
-- *_key_number and the person at arrival in *_person_id (otherwise 0). A relation without bounds is valid
-- from 1900 to 2299. person_id and key_number are those of the end that is a person, the near one first.
create table if not exists relation (
  relation_type LowCardinality(String),
  from_type LowCardinality(String),
  from_id String,
  from_key_number UInt64,
  from_person_id UInt64,
  to_type LowCardinality(String),
  to_id String,
  to_key_number UInt64,
  to_person_id UInt64,
  valid_from DateTime64(3, 'UTC'),
  valid_to DateTime64(3, 'UTC'),
  attributes Map(LowCardinality(String), String),
  sealed Map(LowCardinality(String), String),
  person_id UInt64 materialized if(from_type = 'person', from_person_id, to_person_id),
  key_number UInt64 materialized if(from_type = 'person', from_key_number, to_key_number),
  version UInt64,
  deleted UInt8 default 0,
  index by_from (from_id) type bloom_filter granularity 1,
  index by_to (to_id) type bloom_filter granularity 1
) engine = ReplacingMergeTree(version, deleted)
order by (relation_type, from_type, from_id, to_type, to_id, valid_from);

-- Present consent of present persons; granted = 1 only while it is valid for the purpose's present version.
create table if not exists consent (
  person_id UInt64,
  key_number UInt64,
  purpose LowCardinality(String),
  channel LowCardinality(String),
  granted UInt8,
  at DateTime64(3, 'UTC'),
  version UInt64,
  deleted UInt8 default 0
) engine = ReplacingMergeTree(version, deleted) order by (person_id, purpose, channel);

create table if not exists suppression (
  suppression_id UUID,
  person_id UInt64,
  key_number UInt64,
  scope LowCardinality(String),
  channel LowCardinality(String),
  purpose LowCardinality(String),
  reason LowCardinality(String),
  at DateTime64(3, 'UTC'),
  expires_at Nullable(DateTime64(3, 'UTC')),
  version UInt64,
  deleted UInt8 default 0
) engine = ReplacingMergeTree(version, deleted) order by suppression_id;
