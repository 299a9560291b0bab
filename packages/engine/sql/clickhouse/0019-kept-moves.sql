-- Events over whose heads a window moved, `entered` and `minus`, are counted while those that came are being written.
alter table kept_people modify column
  kind Enum8('count' = 1, 'recent' = 2, 'changed' = 3, 'member' = 4, 'entered' = 5, 'minus' = 6);
