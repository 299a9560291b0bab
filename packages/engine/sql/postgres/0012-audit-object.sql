-- The entry before one of the same object is looked up for each entry of a page.
create index audit_object on platform.audit (object, sequence);
