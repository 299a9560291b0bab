-- What a run loaded as it stands and may not be what was meant, e.g. numbers that Excel cut to 15 digits.
alter table imports.run add column warnings jsonb not null default '[]';
