-- What a source said of a relation before saying that it began (packages/engine/src/profile/place-relations.ts). Of a row
-- without a beginning: whether nothing but its end is known, and when the pair was last said to be gone (epoch ms).
alter table relation add column if not exists unbegun UInt8 default 0;
alter table relation add column if not exists gone_at UInt64 default 0;
