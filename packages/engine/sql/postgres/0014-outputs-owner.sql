-- Whose right an output runs with: the id of a console user. Null: nobody is known, and it waits to be taken over.
alter table outputs.output
  add column owner text,
  -- Registered code of `error` where it is known when the error is noted.
  add column error_code text;

update outputs.output set owner = (
  select actor from platform.audit
   where action = 'output.create' and object = output.output_id order by sequence desc limit 1);
