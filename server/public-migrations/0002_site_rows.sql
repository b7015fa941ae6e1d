-- Rows of datasets: one real table each in schema data, one edition per delivery, files of an edition in parts.
create schema data;
comment on schema data is '开放数据集的数据:每个数据集每版一张表,由内部写入';
grant usage on schema data to sanjiang_public;

create sequence site.change;
comment on sequence site.change is '变更序号:每次写入数据集取一个,供检索、订阅、站点地图跟进';
grant select on site.change to sanjiang_public;

alter table site.dataset add column change_no bigint not null default nextval('site.change');
alter table site.dataset add column changed_at timestamptz not null default now();
comment on column site.dataset.change_no is '变更序号:每次写入后更大';
comment on column site.dataset.changed_at is '最近写入时刻';
create index dataset_change on site.dataset (change_no);

create function site.stamp_dataset() returns trigger language plpgsql as $$
begin
  new.change_no := nextval('site.change');
  new.changed_at := now();
  return new;
end $$;
comment on function site.stamp_dataset() is '写入数据集时取变更序号';
create trigger dataset_stamp before update on site.dataset for each row execute function site.stamp_dataset();

create table site.edition (
  dataset_id uuid not null constraint edition_dataset_fkey references site.dataset on delete cascade,
  edition_no integer not null constraint edition_no_check check (edition_no > 0),
  is_current boolean not null,
  table_name text constraint edition_table_name_check check (table_name ~ '^[a-z][a-z0-9_]{0,62}$'),
  columns jsonb not null,
  row_count bigint not null constraint edition_row_count_check check (row_count >= 0),
  digest text not null constraint edition_digest_check check (digest ~ '^[0-9a-f]{64}$'),
  data_on date not null,
  carried_at timestamptz not null default now(),
  note text not null default '',
  constraint edition_pkey primary key (dataset_id, edition_no),
  constraint edition_current_check check (not is_current or table_name is not null)
);
comment on table site.edition is '数据集的版次:每次送出一版,当前版的数据在 data 模式的一张表里';
comment on column site.edition.dataset_id is '数据集标识';
comment on column site.edition.edition_no is '版次,自 1 起';
comment on column site.edition.is_current is '是否当前版:每个数据集至多一版';
comment on column site.edition.table_name is '数据表名(data 模式);旧版只留文件时为空';
comment on column site.edition.columns is '列:[{name, title, data_type, length, role, unit}],顺序即导出顺序';
comment on column site.edition.row_count is '行数';
comment on column site.edition.digest is '全部行按 _id 顺序的 CSV 内容的 SHA-256(十六进制)';
comment on column site.edition.data_on is '数据截至日期';
comment on column site.edition.carried_at is '送出时刻';
comment on column site.edition.note is '本版说明';
create unique index edition_current_key on site.edition (dataset_id) where is_current;
grant select on site.edition to sanjiang_public;

create table site.file (
  dataset_id uuid not null,
  edition_no integer not null,
  format text not null constraint file_format_check check (format ~ '^[a-z0-9-]{1,20}$'),
  media_type text not null,
  bytes bigint not null constraint file_bytes_check check (bytes >= 0),
  sha256 text not null constraint file_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  made_at timestamptz not null default now(),
  constraint file_pkey primary key (dataset_id, edition_no, format),
  constraint file_edition_fkey foreign key (dataset_id, edition_no) references site.edition on delete cascade
);
comment on table site.file is '可下载文件:一版一种格式一个';
comment on column site.file.dataset_id is '数据集标识';
comment on column site.file.edition_no is '版次';
comment on column site.file.format is '格式:csv、xlsx、json、jsonl、xml、ttl、geojson、parquet 等';
comment on column site.file.media_type is '媒体类型';
comment on column site.file.bytes is '字节数';
comment on column site.file.sha256 is '全文 SHA-256(十六进制)';
comment on column site.file.made_at is '生成时刻';
grant select on site.file to sanjiang_public;

create table site.file_part (
  dataset_id uuid not null,
  edition_no integer not null,
  format text not null,
  part_no integer not null constraint file_part_no_check check (part_no >= 0),
  body bytea not null,
  constraint file_part_pkey primary key (dataset_id, edition_no, format, part_no),
  constraint file_part_file_fkey foreign key (dataset_id, edition_no, format) references site.file on delete cascade
    deferrable initially deferred
);
comment on table site.file_part is '文件的分段:除末段外每段 1 MiB,下载按段读取';
comment on column site.file_part.dataset_id is '数据集标识';
comment on column site.file_part.edition_no is '版次';
comment on column site.file_part.format is '格式';
comment on column site.file_part.part_no is '段号,自 0 起';
comment on column site.file_part.body is '内容';
grant select on site.file_part to sanjiang_public;
