-- What happened to an output: what people did, what was sent, what failed. The newest thousand lines stay.
create table outputs.log (
  line bigint generated always as identity primary key,
  output_id text not null references outputs.output (output_id) on delete cascade,
  at bigint not null,
  event text not null,
  -- Null: it happened by itself.
  actor text,
  code text,
  text text,
  count bigint
);
create index on outputs.log (output_id, line desc);
