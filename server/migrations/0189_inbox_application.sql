-- What applications for conditional data bring to people, added to whatever kinds there are by now.
do $$
declare
  added record;
  standing text;
begin
  for added in select * from (values
    ('todo', $k$'application_accept'::text, 'application_decide'::text, 'application_approve'::text, 'application_appeal'::text, $k$),
    ('notice', $k$'application_yellow'::text, 'application_red'::text, 'application_active'::text, 'application_appealed'::text, $k$))
    as a (tab, kinds)
  loop
    select pg_get_constraintdef(oid) into strict standing from pg_constraint
      where conname = added.tab || '_kind_check' and conrelid = ('inbox.' || added.tab)::regclass;
    execute format('alter table inbox.%I drop constraint %I', added.tab, added.tab || '_kind_check');
    execute format('alter table inbox.%I add constraint %I %s', added.tab, added.tab || '_kind_check',
      replace(standing, 'ARRAY[', 'ARRAY[' || added.kinds));
  end loop;
end $$;
