-- The portrait. Times are epoch milliseconds UTC.
create schema profile;

-- Declared attributes, entity types, relation types, detail types and purposes, one document each
-- (packages/contract/src/model.ts). The version grows in the same transaction as any of them changes.
create table profile.declaration (
  kind text not null check (kind in ('attribute', 'entity_type', 'relation_type', 'detail_type', 'purpose')),
  name text not null,
  body jsonb not null,
  primary key (kind, name)
);
create table profile.catalogue_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
-- Versions come from the sequence below, which begins at 1.
insert into profile.catalogue_version (version) values (0);

-- What each identity key asserted about its person: source → attribute → register
-- (packages/engine/src/profile/fold-attributes.ts). The person's attributes are a fold over the holders
-- that the map of keys gives them, so that a merge or a split is a refold and nothing else.
create table profile.holder (
  key_number bigint primary key,
  person_id bigint not null,
  cells jsonb not null
);
create index holder_person on profile.holder (person_id);

-- Increments one by one: they cannot be applied twice, and a late `set` can tell which came after it.
create table profile.increment (
  key_number bigint not null,
  attribute text not null,
  source_id text not null,
  message_id text not null,
  at bigint not null,
  delta double precision not null,
  received_at bigint not null,
  primary key (key_number, attribute, source_id, message_id)
);
create index increment_received on profile.increment (received_at);

-- Every person, with the folded attributes. Personal ones of class `identifying` are {"box", "print"}.
create sequence profile.version_number;
create table profile.person (
  person_id bigint primary key,
  attributes jsonb not null,
  version bigint not null
);

-- People whose rows in ClickHouse are out of date. Appended by every change, removed once mirrored.
-- `what`: p attributes, c consents, s suppressions, m moved (a merge or split: all of them, old rows cleared).
create table profile.change (
  sequence bigint generated always as identity primary key,
  person_id bigint not null,
  what "char" not null
);

-- Entities, relations and details on their way to ClickHouse; removed once they are there.
create table profile.fact (
  sequence bigint generated always as identity primary key,
  operation jsonb not null
);

-- Every consent and withdrawal, for ever; the newest row of a (person, purpose, channel) is in force.
create table profile.consent (
  key_number bigint not null,
  purpose text not null,
  channel text not null,
  at bigint not null,
  granted boolean not null,
  purpose_version integer not null,
  person_id bigint not null,
  source_id text not null,
  message_id text not null,
  proof jsonb not null,
  -- A grant and a withdrawal of the same instant are both kept; the withdrawal wins.
  primary key (key_number, purpose, channel, at, granted)
);
create index consent_person on profile.consent (person_id, purpose, channel, at desc);

create table profile.suppression (
  suppression_id uuid primary key,
  person_id bigint not null,
  key_number bigint not null,
  scope text not null check (scope in ('person', 'address')),
  channel text not null,
  purpose text not null,
  reason text not null,
  at bigint not null,
  expires_at bigint,
  lifted_at bigint,
  lifted_by text,
  source_id text not null,
  message_id text not null,
  version bigint not null default nextval('profile.version_number'),
  unique (source_id, message_id, key_number, scope, channel, purpose)
);
create index suppression_person on profile.suppression (person_id) where lifted_at is null;

-- Persons a key belonged to before: old events of the key stand under their ids in ClickHouse.
create table profile.former_person (
  key_number bigint not null,
  person_id bigint not null,
  primary key (key_number, person_id)
);
