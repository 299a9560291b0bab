-- Content: texts per channel in versions that never change. Times are epoch ms UTC.

create schema content;

create table content.item (
  content_id text primary key,
  name text not null,
  latest_version integer not null,
  approved_version integer,
  created_at bigint not null,
  updated_at bigint not null
);

create table content.version (
  content_id text not null references content.item (content_id),
  version integer not null check (version >= 1),
  -- SHA-256 of purpose and variants in canonical JSON: what an approval names.
  hash text not null check (length(hash) = 64),
  name text not null,
  purpose text not null check (purpose in ('marketing', 'service', 'verification')),
  variants jsonb not null,
  problems jsonb not null,
  state text not null default 'draft' check (state in ('draft', 'approved', 'withdrawn')),
  created_by text not null,
  created_at bigint not null,
  approved_by text,
  approved_at bigint,
  primary key (content_id, version)
);

-- What was approved is what runs: the database itself refuses to change the words of a version.
create function content.refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'content versions are never deleted';
  end if;
  if new.hash is distinct from old.hash or new.variants is distinct from old.variants
     or new.purpose is distinct from old.purpose or new.content_id is distinct from old.content_id
     or new.version is distinct from old.version then
    raise exception 'content versions never change';
  end if;
  if old.state <> 'draft' and new.state = 'draft' then
    raise exception 'an approved or withdrawn version does not become a draft again';
  end if;
  return new;
end $$;

create trigger version_never_changes before update or delete on content.version
  for each row execute function content.refuse_change();
