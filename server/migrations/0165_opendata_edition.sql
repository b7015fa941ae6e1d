-- Rows of datasets: one edition per delivery, checked inside before it is carried out. The rows themselves stand in the stage.
create table opendata.edition (
  edition_id uuid constraint edition_pkey primary key,
  resource_id uuid not null,
  release_id uuid constraint edition_release_id_fkey references opendata.release,
  edition_no integer not null constraint edition_no_check check (edition_no > 0),
  source text not null constraint edition_source_check check (source in ('table', 'file', 'figures')),
  state text not null constraint edition_state_check check (state in
    ('uploading', 'reading', 'refused', 'staged', 'checking', 'clean', 'held', 'carried', 'discarded')),
  revision integer not null constraint edition_revision_check check (revision > 0),
  organ_id text not null constraint edition_organ_id_fkey references identity.organ,
  title text not null,
  file_name text,
  file_bytes integer constraint edition_file_bytes_check check (file_bytes > 0),
  file_sha256 text constraint edition_file_sha256_check check (file_sha256 ~ '^[0-9a-f]{64}$'),
  stage_table text,
  waits boolean not null,
  columns jsonb not null,
  ignored jsonb not null,
  row_count bigint,
  digest text constraint edition_digest_check check (digest ~ '^[0-9a-f]{64}$'),
  faults jsonb not null,
  fault_count integer not null,
  findings jsonb not null,
  suppression jsonb,
  sample jsonb,
  data_on date not null,
  note text not null,
  attempt_count integer not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz(3) not null,
  checked_at timestamptz(3),
  carried_at timestamptz(3),
  constraint edition_resource_no_key unique (resource_id, edition_no),
  constraint edition_file_check check ((source = 'file') = (file_name is not null and file_bytes is not null and file_sha256 is not null)),
  constraint edition_table_check check ((source = 'table') = (stage_table is not null)),
  constraint edition_checked_check check (state not in ('clean', 'carried') or (release_id is not null and digest is not null))
);
comment on table opendata.edition is '开放数据的版次:一次交付的全部行,检查通过后送出';
comment on column opendata.edition.edition_id is '版次标识:UUID v7';
comment on column opendata.edition.resource_id is '目录资源';
comment on column opendata.edition.release_id is '据以检查的发布:尚无发布时为空';
comment on column opendata.edition.edition_no is '版次:同一资源自 1 起,公共侧相同';
comment on column opendata.edition.source is '来源:table 前置节点装载的表,file 上传的文件,figures 平台统计';
comment on column opendata.edition.state is '状态:uploading 上传中,reading 读取中,refused 文件有误,staged 待提出发布,checking 检查中,clean 检查通过,held 已暂扣,carried 已送出,discarded 已作废';
comment on column opendata.edition.revision is '修订号:每次换状态加一';
comment on column opendata.edition.organ_id is '提供方';
comment on column opendata.edition.title is '资源名称';
comment on column opendata.edition.file_name is '文件名:来源为文件时';
comment on column opendata.edition.file_bytes is '文件字节数:来源为文件时';
comment on column opendata.edition.file_sha256 is '文件摘要:SHA-256,来源为文件时';
comment on column opendata.edition.stage_table is '前置节点装载的表名:来源为表时';
comment on column opendata.edition.waits is '留待新的发布,不按现行发布检查送出';
comment on column opendata.edition.columns is '暂存区中的列:[{name, title, data_type, length, is_key}]';
comment on column opendata.edition.ignored is '文件中不属于信息项、没有采用的列名';
comment on column opendata.edition.row_count is '行数:读取之前为空';
comment on column opendata.edition.digest is '送出的全部行的 CSV 内容的 SHA-256:检查之前为空';
comment on column opendata.edition.faults is '读取错误:[{row, column, rule, message}],至多 200 条';
comment on column opendata.edition.fault_count is '读取错误总数';
comment on column opendata.edition.findings is '检查发现:按列';
comment on column opendata.edition.suppression is '隐去的小单元格:不需处理时为空';
comment on column opendata.edition.sample is '样例:至多 20 行,已按发布去标识';
comment on column opendata.edition.data_on is '数据截至日期';
comment on column opendata.edition.note is '本版说明';
comment on column opendata.edition.attempt_count is '读取、检查已开始过几次:多次未成即拒收';
comment on column opendata.edition.created_by is '登记人:平台自动登记为空';
comment on column opendata.edition.created_by_name is '登记人姓名';
comment on column opendata.edition.created_at is '登记时刻';
comment on column opendata.edition.checked_at is '检查完成时刻';
comment on column opendata.edition.carried_at is '送出时刻';
create index edition_newest on opendata.edition (edition_id desc);
create index edition_release on opendata.edition (release_id) where release_id is not null;
create index edition_waiting on opendata.edition (edition_id) where state in ('reading', 'checking', 'clean');
grant select, insert, update on opendata.edition to sanjiang_app;

create table opendata.edition_piece (
  edition_id uuid not null constraint edition_piece_edition_id_fkey references opendata.edition,
  seq integer not null constraint edition_piece_seq_check check (seq between 0 and 127),
  bytes bytea not null constraint edition_piece_bytes_check check (octet_length(bytes) <= 1048576),
  constraint edition_piece_pkey primary key (edition_id, seq)
);
comment on table opendata.edition_piece is '上传文件的分段:读入暂存区后删除';
comment on column opendata.edition_piece.edition_id is '版次';
comment on column opendata.edition_piece.seq is '段号:自 0 起';
comment on column opendata.edition_piece.bytes is '内容';
grant select, insert, update, delete on opendata.edition_piece to sanjiang_app;

alter table opendata.release add column edition_id uuid constraint release_edition_id_fkey references opendata.edition;
comment on column opendata.release.edition_id is '随之提出的版次:只开放说明文字时为空';

do $$
declare
  standing text;
begin
  select pg_get_constraintdef(oid) into strict standing from pg_constraint
    where conname = 'todo_kind_check' and conrelid = 'inbox.todo'::regclass;
  alter table inbox.todo drop constraint todo_kind_check;
  execute format('alter table inbox.todo add constraint todo_kind_check %s',
    replace(standing, 'ARRAY[', $k$ARRAY['edition_mend'::text, $k$));
end $$;
