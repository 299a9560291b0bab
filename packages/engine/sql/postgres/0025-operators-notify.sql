-- Who is told when computing goes wrong is `notify` in the API; its storage says so too.
update platform.setting set value = (value - 'targets') || jsonb_build_object('notify', value->'targets')
where name = 'operator.alerts' and value ? 'targets';
