-- A provider is told when what fed its open dataset is gone.
do $$
declare
  added record;
  standing text;
begin
  for added in select * from (values
    ('notice', $k$'source_ended'::text, $k$)) as a (tab, kinds)
  loop
    select pg_get_constraintdef(oid) into strict standing from pg_constraint
      where conname = added.tab || '_kind_check' and conrelid = ('inbox.' || added.tab)::regclass;
    execute format('alter table inbox.%I drop constraint %I', added.tab, added.tab || '_kind_check');
    execute format('alter table inbox.%I add constraint %I %s', added.tab, added.tab || '_kind_check',
      replace(standing, 'ARRAY[', 'ARRAY[' || added.kinds));
  end loop;
end $$;
