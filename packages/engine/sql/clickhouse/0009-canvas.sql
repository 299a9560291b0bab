-- People found for an entry of an audience; read in pages while they enter. A list is written once, complete
-- or not used. Lists that no open run names are deleted before the strategy's next one is written.
create table if not exists canvas_entry_list (
  strategy_id LowCardinality(String),
  list_id UUID,
  person_id UInt64
) engine = MergeTree order by (strategy_id, list_id, person_id);
