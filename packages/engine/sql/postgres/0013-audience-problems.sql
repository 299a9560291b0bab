-- Why the last computation failed, in both languages: `problem` is the English one.
alter table audience.segment add column problem_zh text;
alter table audience.tag add column problem_zh text;
