-- A release that waits for its second person is somebody's to-do, and whoever proposed it is told what became of it.
do $$
declare
  added record;
  standing text;
begin
  for added in select * from (values
    ('todo', $k$'release_review'::text, $k$),
    ('notice', $k$'release_approved'::text, 'release_rejected'::text, 'release_withdrawn'::text, $k$)) as a (tab, kinds)
  loop
    select pg_get_constraintdef(oid) into strict standing from pg_constraint
      where conname = added.tab || '_kind_check' and conrelid = ('inbox.' || added.tab)::regclass;
    execute format('alter table inbox.%I drop constraint %I', added.tab, added.tab || '_kind_check');
    execute format('alter table inbox.%I add constraint %I %s', added.tab, added.tab || '_kind_check',
      replace(standing, 'ARRAY[', 'ARRAY[' || added.kinds));
  end loop;
end $$;
