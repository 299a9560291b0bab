-- Rejected rows of imports stand beside the rejected records of the collecting endpoints: one row of a file is one of
-- them, whatever number of its values was refused (`details.problems`).
alter table ingest.rejected drop constraint rejected_unit_check;
alter table ingest.rejected add constraint rejected_unit_check check (unit in ('record', 'body', 'row'));
-- Of a row of an import; the run may be gone, the row is still there to be seen.
alter table ingest.rejected add column import_id uuid;
alter table ingest.rejected add column file text;
alter table ingest.rejected add column row_number bigint;
-- When it was last replayed and rejected again: those that were tried longest ago come first.
alter table ingest.rejected add column tried_at bigint;
create index on ingest.rejected (import_id, file, row_number) where import_id is not null;

-- What the cells of kept rows are called; null in files that were read before this was kept.
alter table imports.file add column columns jsonb;

insert into ingest.rejected (rejected_id, source_id, received_at, day, format, unit, code, details, size_bytes, raw_box,
  raw_encoding, context, state, import_id, file, row_number)
select gen_random_uuid(), run.source_id, run.started_at,
  to_char(to_timestamp(run.started_at / 1000) at time zone 'UTC', 'YYYY-MM-DD'),
  coalesce((select each ->> 'format' from jsonb_array_elements(run.mapping -> 'files') as u(each)
    where each ->> 'file' = old.file limit 1), 'csv'),
  'row', (array_agg(old.code order by old.record, old.position))[1],
  jsonb_build_object('problems', jsonb_agg(jsonb_build_object('record', old.record, 'code', old.code,
    'detail', old.detail) order by old.record, old.position)),
  length(min(old.row_box)), min(old.row_box), 'text',
  jsonb_build_object('isBroken', bool_or(old.code = 'import_row_unreadable' and old.detail like 'line %')), 'waiting', old.run_id, old.file, old.row_number
from imports.rejection as old join imports.run as run using (run_id)
group by old.run_id, old.file, old.row_number, run.source_id, run.started_at, run.mapping;

drop table imports.rejection;

-- One line a problem of a rejected row.
create view imports.rejection as
select import_id as run_id, file, row_number, (problem ->> 'record')::integer as record, position::integer,
  problem ->> 'code' as code, problem ->> 'detail' as detail, raw_box as row_box, state
from ingest.rejected cross join jsonb_array_elements(details -> 'problems') with ordinality as u(problem, position)
where unit = 'row' and import_id is not null;
