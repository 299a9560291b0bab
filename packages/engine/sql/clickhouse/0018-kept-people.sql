-- What is kept about people from run to run of segments, as bitmaps of person ids: binary digits of event counts, and
-- who fits a condition (packages/engine/src/audience/incremental). The rows of a step stand together, and go together.
create table if not exists kept_people (
  step UInt64,
  part UInt32,
  kind Enum8('count' = 1, 'recent' = 2, 'changed' = 3, 'member' = 4),
  digit UInt8,
  people AggregateFunction(groupBitmap, UInt64)
) engine = MergeTree partition by step order by (part, kind, digit);
