-- The gate: the bank's policy and what has been counted against it.
create schema decision;

-- Every policy ever in force; the highest revision is.
create table decision.policy (
  revision integer primary key,
  document jsonb not null,
  saved_by text not null,
  saved_at bigint not null
);

-- Contacts allowed in the last month, one row per person so that one lock makes all caps of a person exact.
-- Each element is (epoch ms * 16 + channel number): exact in float8, and pg reads such arrays as numbers.
create table decision.contact (
  person_id bigint primary key,
  contacts float8[] not null
) with (fillfactor = 80);

-- Messages reserved by strategies that have a budget.
create table decision.budget (
  strategy_id text primary key,
  used bigint not null
);
