-- Claims of records that are rows of a file and named by their place in it: a bit for each row instead of a claim for
-- each record, which would cost more than all the rest of an import.
create table ingest.row_claim (
  source_id text not null,
  -- Names the file within the source.
  file text not null,
  -- Which record of the row, as in the mapping.
  record integer not null,
  first_row bigint not null,
  last_row bigint not null,
  -- A bit for each row from the first on, the lowest one first: set when it is stored. Null while the batch is under way.
  stored bytea,
  batch bigint not null,
  claimed_at bigint not null,
  primary key (source_id, file, record, first_row, batch)
);
create index on ingest.row_claim (batch);
create index on ingest.row_claim (claimed_at);
