-- Claims lie by the week in which they were made, not by the day that a record says: a sender may say another time when it
-- sends a record again, and would have been believed twice. Those of the last days move over into the week in which the
-- newest of them can have been made.
alter table ingest.claim rename to claim_by_day;
alter table ingest.claim_by_day rename constraint claim_pkey to claim_by_day_pkey;
alter index ingest.claim_batch_idx rename to claim_by_day_batch_idx;

-- One row a record: who comes second finds it here. `week`: since 1970 in UTC, so that whole weeks can be dropped.
create table ingest.claim (
  week integer not null,
  event_id uuid not null,
  batch bigint not null,
  primary key (week, event_id)
) partition by list (week);
-- Batches grow with time and claims are appended: BRIN finds the claims of a batch at nearly no cost of space.
create index on ingest.claim using brin (batch) with (pages_per_range = 32);

do $$
declare
  week integer := (select max(day) / 7 from ingest.claim_mark);
begin
  if week is not null then
    execute format('create table ingest.claim_%s partition of ingest.claim for values in (%s)', week, week);
    execute format('insert into ingest.claim select %s, event_id, batch from ingest.claim_by_day on conflict do nothing', week);
  end if;
end $$;

drop table ingest.claim_by_day;
drop table ingest.claim_mark;
