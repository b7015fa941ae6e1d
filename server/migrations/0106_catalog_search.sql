-- Search moves from tsvector to an index in each api process's memory (ADR 0005): these rows say what to read again.
create table catalog.search_change (
  seq bigint generated always as identity constraint search_change_pkey primary key,
  xact xid8 not null default pg_current_xact_id(),
  kind text not null constraint search_change_kind_check check (kind in ('entry', 'class', 'synonym')),
  id text not null
);
comment on table catalog.search_change is '检索变更簿:已发布条目、分类、同义词每有变动追加一行,各 api 进程检索前据此更新内存索引';
comment on column catalog.search_change.seq is '序号:发号先后,不是提交先后';
comment on column catalog.search_change.xact is '所在事务:跟进者据此判断还有哪些未提交';
comment on column catalog.search_change.kind is '变动的是什么:条目、分类、同义词';
create index search_change_xact on catalog.search_change (xact);
grant select, insert on catalog.search_change to sanjiang_app;

create function catalog.note_entry_change() returns trigger language plpgsql as $$
begin
  insert into catalog.search_change (kind, id) values ('entry', (coalesce(new, old)).resource_id);
  return null;
end $$;
create trigger entry_changed after insert or update or delete on catalog.entry
  for each row execute function catalog.note_entry_change();

-- Classes and synonyms are read again as a whole, so one row per statement is enough.
create function catalog.note_list_change() returns trigger language plpgsql as $$
begin
  insert into catalog.search_change (kind, id) values (tg_argv[0], 'all');
  return null;
end $$;
create trigger class_node_changed after insert or update or delete on catalog.class_node
  for each statement execute function catalog.note_list_change('class');
create trigger synonym_changed after insert or update or delete on catalog.synonym
  for each statement execute function catalog.note_list_change('synonym');

alter table catalog.entry drop column terms, drop column sounds, drop column facet_key;
alter table catalog.entry
  add column sounds text not null default '',
  add column extension_words text not null default '';
comment on column catalog.entry.sounds is '名称的拼音音节:词段以竖线相隔;空为发布时未算,载入时再算';
comment on column catalog.search_change.id is '条目为资源标识;分类与同义词整体重读,记 all';
comment on column catalog.entry.extension_words is '扩展字段里的中文文字:像关键词一样检索,一行一条';
