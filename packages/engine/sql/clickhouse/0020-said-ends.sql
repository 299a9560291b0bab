-- Until when a source said that a relation holds. `valid_to` is the earlier of that and of the beginning of the next
-- one where there is one at a time, so it can be told anew when the next one goes or belongs to somebody else.
-- Of rows from before it is not known which of the two their end was. It is read as said: no relation that had ended
-- comes to life again by the upgrade. A row that is said again gets its own.
alter table relation add column if not exists said_to DateTime64(3, 'UTC') default valid_to;
