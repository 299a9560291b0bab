-- Present person of keys that moved since rows with them were written; the newest version holds.
create table if not exists identity_override (
  key_number UInt64,
  person_id UInt64,
  version UInt64
) engine = ReplacingMergeTree(version) order by key_number;
