-- Who sees a segment or tag, and who changes it besides its owner. Owners and named users are ids of console users.
alter table audience.segment
  add column shared boolean not null default true,
  -- Roles and users who see it when it is shared; neither: everybody.
  add column shared_with text[] not null default '{}',
  add column shared_users text[] not null default '{}',
  -- They see it too.
  add column editors text[] not null default '{}';

alter table audience.tag
  add column shared boolean not null default true,
  add column shared_with text[] not null default '{}',
  add column shared_users text[] not null default '{}',
  add column editors text[] not null default '{}';

-- People behind a number of an analysis were saved under the login name.
update audience.segment s set owner = u.user_id::text from platform.console_user u where s.owner = u.name;
