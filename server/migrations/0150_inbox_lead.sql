-- Who leads an item waits for the departments that hold it, and for the platform where they differ. Kinds are added to those
-- that stand, so that migrations which add others may come before or after.
do $$
declare
  added record;
  standing text;
begin
  for added in select * from (values
    ('todo', $k$'lead_answer'::text, 'lead_decide'::text, $k$),
    ('notice', $k$'lead_agreed'::text, 'lead_dropped'::text, 'lead_reversed'::text, $k$)) as a (tab, kinds)
  loop
    select pg_get_constraintdef(oid) into strict standing from pg_constraint
      where conname = added.tab || '_kind_check' and conrelid = ('inbox.' || added.tab)::regclass;
    execute format('alter table inbox.%I drop constraint %I', added.tab, added.tab || '_kind_check');
    execute format('alter table inbox.%I add constraint %I %s', added.tab, added.tab || '_kind_check',
      replace(standing, 'ARRAY[', 'ARRAY[' || added.kinds));
  end loop;
end $$;
-- One fact may wait for several departments at once.
alter table inbox.todo drop constraint todo_opened_event_id_kind_key;
alter table inbox.todo add constraint todo_opened_event_id_kind_organ_id_key unique (opened_event_id, kind, organ_id);
