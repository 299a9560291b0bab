create schema platform;

-- Named values of the installation (clock anchor, language, single-user mode …).
create table platform.setting (
  name text primary key,
  value jsonb not null
);

-- People who log in to the console. Passwords are scrypt hashes.
create table platform.console_user (
  user_id uuid primary key,
  name text not null unique,
  display_name text not null,
  password_hash text not null,
  role text not null,
  institution_id text,
  language text not null default 'zh',
  disabled boolean not null default false,
  created_at bigint not null
);

-- Sessions and API tokens are found by the SHA-256 of the secret: a stolen table opens nothing.
create table platform.session (
  secret_hash bytea primary key,
  user_id uuid not null references platform.console_user on delete cascade,
  created_at bigint not null,
  expires_at bigint not null
);
create index session_expiry on platform.session (expires_at);

create table platform.api_token (
  token_id uuid primary key,
  secret_hash bytea not null unique,
  user_id uuid not null references platform.console_user on delete cascade,
  name text not null,
  created_at bigint not null
);

-- Append-only hash chain: each row's hash covers the row and the hash before it.
create table platform.audit (
  sequence bigint primary key,
  at bigint not null,
  actor text not null,
  action text not null,
  object text not null,
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null
);
create index audit_action on platform.audit (action, sequence);
