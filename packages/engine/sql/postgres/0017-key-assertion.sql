-- The statement that a key came with stands in the key's own row: one row and one index entry less for each new link.
alter table identity.key add column assertion_id uuid;

-- Which statements name a key.
create view identity.mention as
  select key_number, assertion_id from identity.assertion_key
  union all
  select key_number, assertion_id from identity.key where assertion_id is not null;
