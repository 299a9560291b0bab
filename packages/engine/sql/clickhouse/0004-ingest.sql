-- Events of persons. Ordered by name, then by person, so that a question about one event reads that event only
-- (docs/decisions/0016-order-of-events.md); a person's story is a few blocks of each name.
-- properties: all numbers are stored as Float64 paths and all times as String paths, so that a path has one type
-- and a filter on a property reads that path only (JSON 22 ms, Map 109 ms for the sum of one property of 1 M rows).
create table if not exists event (
  person_id UInt64,
  key_number UInt64,
  time DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  event LowCardinality(String),
  event_id UUID,
  source_id LowCardinality(String),
  batch_id UUID,
  properties JSON,
  index received_at_range received_at type minmax granularity 1
)
engine = MergeTree
partition by toYYYYMM(time)
order by (event, person_id, time, event_id)
settings non_replicated_deduplication_window = 1000;
