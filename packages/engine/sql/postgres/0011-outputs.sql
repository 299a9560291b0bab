-- What the console shows of streams. Times are epoch milliseconds UTC.
alter table streams.worker add column messages_per_second double precision not null default 0;

-- What happened to a stream: what people did, and what its readers met with. The newest thousand lines stay.
create table streams.log (
  line bigint generated always as identity primary key,
  stream_id text not null references streams.stream (stream_id) on delete cascade,
  at bigint not null,
  event text not null,
  -- Null: it happened by itself.
  actor text,
  code text,
  text text,
  count bigint
);
create index on streams.log (stream_id, line desc);
