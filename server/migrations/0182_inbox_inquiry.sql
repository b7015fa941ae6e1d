-- What citizens bring waits for its department and, where nobody has it yet or it is not to be taken, for the office.
do $$
declare
  added record;
  standing text;
begin
  for added in select * from (values
    ('todo', $k$'inquiry_answer'::text, 'inquiry_assign'::text, 'inquiry_refuse'::text, 'showcase_review'::text, $k$),
    ('notice', $k$'inquiry_red'::text, 'inquiry_supplemented'::text, 'inquiry_kept'::text, $k$)) as a (tab, kinds)
  loop
    select pg_get_constraintdef(oid) into strict standing from pg_constraint
      where conname = added.tab || '_kind_check' and conrelid = ('inbox.' || added.tab)::regclass;
    execute format('alter table inbox.%I drop constraint %I', added.tab, added.tab || '_kind_check');
    execute format('alter table inbox.%I add constraint %I %s', added.tab, added.tab || '_kind_check',
      replace(standing, 'ARRAY[', 'ARRAY[' || added.kinds));
  end loop;
end $$;
