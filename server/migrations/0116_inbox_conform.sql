-- A task is added to whatever kinds there are by now, so that migrations of several modules need not know each other.
do $$
declare kinds text;
begin
  select pg_get_constraintdef(oid) into kinds from pg_constraint
  where conname = 'todo_kind_check' and conrelid = 'inbox.todo'::regclass;
  alter table inbox.todo drop constraint todo_kind_check;
  execute 'alter table inbox.todo add constraint todo_kind_check ' || replace(kinds, 'ARRAY[', 'ARRAY[''resource_conform''::text, ');
end $$;
