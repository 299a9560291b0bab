-- Since when (epoch milliseconds UTC) a segment or tag that was due waits for its sources; null when it does not wait.
alter table audience.segment add column waiting_since bigint;
alter table audience.tag add column waiting_since bigint;
