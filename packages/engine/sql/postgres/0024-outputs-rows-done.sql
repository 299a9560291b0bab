-- Deliveries are bounded in bytes too, so rows are counted, not deliveries. Of a portion under way the number of
-- deliveries is at most that of rows: some are repeated, none is passed over.
alter table outputs.output rename column chunk to rows_done;
