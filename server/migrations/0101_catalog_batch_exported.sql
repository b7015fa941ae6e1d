-- 导出之后又被修改的条目:导入时认得出,并可由办理人选定仍采用文件。
alter table catalog.batch_entry add column exported_as text;
comment on column catalog.batch_entry.exported_as is '文件中的修订号:导出时的修订次数与内容摘要';
comment on column catalog.batch_entry.content is '要写入的全部内容:无变化的为空;冲突的只在可以选定采用文件时才有';
create index batch_entry_resource on catalog.batch_entry (resource_id) where written_revision is not null;
