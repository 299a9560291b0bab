-- Members of a segment at a run, as one bitmap of person ids. Only the run committed in PostgreSQL counts.
create table if not exists segment_membership (
  segment_id LowCardinality(String),
  run UInt64,
  members AggregateFunction(groupBitmap, UInt64)
) engine = MergeTree order by (segment_id, run);

-- Who entered and left at each run. `cause` is merge or split where identity moved a membership.
create table if not exists segment_change (
  segment_id LowCardinality(String),
  run UInt64,
  person_id UInt64,
  at DateTime64(3, 'UTC'),
  direction Enum8('entered' = 1, 'left' = 2),
  cause LowCardinality(String)
) engine = MergeTree order by (segment_id, run, person_id);

-- Present values of tags of present people. Texts hold texts, dates and lists; numbers hold numbers, booleans
-- (0 or 1), instants (epoch ms), and the shares beside the texts of a distribution.
create table if not exists tag_value (
  tag_id LowCardinality(String),
  person_id UInt64,
  texts Array(String),
  numbers Array(Float64),
  version UInt64,
  deleted UInt8 default 0
) engine = ReplacingMergeTree(version, deleted) order by (tag_id, person_id);
