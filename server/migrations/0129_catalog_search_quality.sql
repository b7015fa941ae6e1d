-- A level that changes reaches search as what it is: one small number, not the entry read anew.
alter table catalog.search_change drop constraint search_change_kind_check;
alter table catalog.search_change
  add constraint search_change_kind_check check (kind in ('entry', 'class', 'synonym', 'quality'));
comment on table catalog.search_change is '检索变更簿:已发布条目、质量级、分类、同义词每有变动追加一行,各 api 进程检索前据此更新内存索引';
comment on column catalog.search_change.kind is '变动的是什么:条目、分类、同义词、质量级';
comment on column catalog.search_change.id is '条目与质量级为资源标识;分类与同义词整体重读,记 all';

create function catalog.note_level_change() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or new.level <> old.level then
    insert into catalog.search_change (kind, id) values ('quality', (coalesce(new, old)).resource_id);
  end if;
  return null;
end $$;
create trigger quality_changed after insert or update of level or delete on catalog.quality
  for each row execute function catalog.note_level_change();
