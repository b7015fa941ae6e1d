-- What search follows: the words that mean the same, what organs are called, and every change of what a dataset offers.
create table site.vocabulary (
  kind text constraint vocabulary_pkey primary key constraint vocabulary_kind_check check (kind in ('synonym', 'organ')),
  body jsonb not null,
  changed_at timestamptz not null default now()
);
comment on table site.vocabulary is '检索词表:由内部送出,一类一行';
comment on column site.vocabulary.kind is '类别:synonym 同义词组,organ 部门的名称与别称';
comment on column site.vocabulary.body is '内容:synonym 为 [[词…]…],organ 为 [{name, short_name, division_code, names}…]';
comment on column site.vocabulary.changed_at is '最近写入时刻';
grant select on site.vocabulary to sanjiang_public;

create function site.touch_dataset() returns trigger language plpgsql as $$
begin
  update site.dataset set release_no = release_no where dataset_id = coalesce(new.dataset_id, old.dataset_id);
  return null;
end $$;
comment on function site.touch_dataset() is '版次或文件变动时,数据集取新的变更序号';
create trigger edition_touch after insert or update or delete on site.edition for each row execute function site.touch_dataset();
create trigger file_touch after insert or update or delete on site.file for each row execute function site.touch_dataset();
