-- What a file with rejected rows looks up in other files, kept so that those rows can be replayed. Rows of a lookup lie
-- in buckets by a hash of their key, packed and encrypted; they go when no rejected row of the file waits any more.
create table imports.lookup (
  run_id uuid not null,
  file text not null,
  lookup text not null,
  bucket integer not null,
  box text not null,
  primary key (run_id, file, lookup, bucket),
  foreign key (run_id, file) references imports.file (run_id, file) on delete cascade
);
-- Buckets of each lookup by its name, null of one that is too large to be kept; null while none is kept.
alter table imports.file add column lookups jsonb;
