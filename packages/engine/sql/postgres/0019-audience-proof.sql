-- When (epoch milliseconds UTC) a nightly proof found members that were kept to differ from a full computation; null
-- when the newest proof found them right.
alter table audience.segment add column proved_wrong_at bigint;
