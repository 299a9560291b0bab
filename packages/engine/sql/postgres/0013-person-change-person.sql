-- Moves are also asked for by the person whom a key left or came to.
create index person_change_old_person on identity.person_change (old_person_id, sequence);
create index person_change_new_person on identity.person_change (new_person_id, sequence);
