-- Since when (epoch milliseconds UTC) a segment or tag that was due waits for its sources; null when it does not wait.
alter table audience.segment add column waiting_since bigint;
alter table audience.tag add column waiting_since bigint;
-- When (epoch milliseconds UTC) a nightly proof found members that were kept to differ from a full computation; null
-- when the newest proof found them right.
alter table audience.segment add column proved_wrong_at bigint;
