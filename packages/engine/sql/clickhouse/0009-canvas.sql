-- People found for an entry of an audience; read in pages while they enter. A list is written once, complete
-- or not used, and forgotten after a month.
CREATE TABLE IF NOT EXISTS canvas_entry_list (
  list_id UUID,
  person_id UInt64,
  created_at DateTime64(3, 'UTC')
) ENGINE = MergeTree ORDER BY (list_id, person_id)
TTL toDateTime(created_at) + INTERVAL 30 DAY;
