-- Entries written many at a time: from a workbook (批量导入) or by one change to a selection (批量修改). Nothing is written into
-- catalog.resource before the officer has seen what would happen; what was written can be taken back while nobody touched it.
create table catalog.batch (
  batch_id uuid constraint batch_pkey primary key,
  source text not null constraint batch_source_check check (source in ('workbook', 'edit')),
  state text not null constraint batch_state_check check (state in
    ('uploading', 'reading', 'mapping', 'checking', 'checked', 'committed', 'undone', 'cancelled', 'failed', 'expired')),
  title text not null,
  organ_id text not null constraint batch_organ_id_fkey references identity.organ,
  reach text[],
  file_bytes integer constraint batch_file_bytes_check check (file_bytes > 0),
  file_sha256 text constraint batch_file_sha256_check check (file_sha256 ~ '^[0-9a-f]{64}$'),
  file_format text,
  sheets jsonb,
  mapping jsonb,
  selection uuid[],
  edit jsonb,
  may_have_errors boolean not null,
  fault text,
  turn uuid,
  turn_count integer not null,
  row_count integer not null,
  read_count integer not null,
  new_count integer not null,
  changed_count integer not null,
  same_count integer not null,
  conflict_count integer not null,
  error_count integer not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz(3) not null,
  checked_at timestamptz(3),
  committed_by_name text,
  committed_at timestamptz(3),
  written_count integer,
  undone_by_name text,
  undone_at timestamptz(3),
  updated_at timestamptz(3) not null,
  constraint batch_workbook_check check ((source = 'workbook') = (file_bytes is not null and file_sha256 is not null)),
  constraint batch_edit_check check ((source = 'edit') = (selection is not null and edit is not null))
);
comment on table catalog.batch is '批量编目:一份工作簿的导入,或对选中条目的一次批量修改';
comment on column catalog.batch.batch_id is '批量标识:UUID v7';
comment on column catalog.batch.source is '来源:workbook 工作簿,edit 批量修改';
comment on column catalog.batch.state is '状态';
comment on column catalog.batch.title is '标题:文件名或修改说明';
comment on column catalog.batch.organ_id is '办理人所在机构';
comment on column catalog.batch.reach is '可以编目的机构路径:发起检查时所具;全部机构为空';
comment on column catalog.batch.file_bytes is '文件字节数';
comment on column catalog.batch.file_sha256 is '文件摘要:SHA-256';
comment on column catalog.batch.file_format is '文件格式:读过之后才有';
comment on column catalog.batch.sheets is '各工作表及建议的列对应关系';
comment on column catalog.batch.mapping is '采用的列对应关系';
comment on column catalog.batch.selection is '选中的条目:批量修改';
comment on column catalog.batch.edit is '要改的字段与取值:批量修改';
comment on column catalog.batch.may_have_errors is '存为草稿(允许有错误)';
comment on column catalog.batch.fault is '为何读不了';
comment on column catalog.batch.turn is '检查的回次:每次开始检查换一个,旧回次不得再写';
comment on column catalog.batch.turn_count is '检查已开始过几回:进程中断后重来,多次未成即告失败';
comment on column catalog.batch.row_count is '应读行数';
comment on column catalog.batch.read_count is '已读行数';
comment on column catalog.batch.new_count is '新增条目数';
comment on column catalog.batch.changed_count is '有变化条目数';
comment on column catalog.batch.same_count is '无变化条目数';
comment on column catalog.batch.conflict_count is '冲突条目数';
comment on column catalog.batch.error_count is '有错误条目数';
comment on column catalog.batch.created_by is '发起人';
comment on column catalog.batch.created_by_name is '发起人姓名';
comment on column catalog.batch.created_at is '发起时刻';
comment on column catalog.batch.checked_at is '检查完成时刻';
comment on column catalog.batch.committed_by_name is '写入人姓名';
comment on column catalog.batch.committed_at is '写入时刻';
comment on column catalog.batch.written_count is '写入条目数';
comment on column catalog.batch.undone_by_name is '撤销人姓名';
comment on column catalog.batch.undone_at is '撤销时刻';
comment on column catalog.batch.updated_at is '最近变动时刻:检查中即最近进展时刻';
create index batch_organ on catalog.batch (organ_id, batch_id desc);
create index batch_file on catalog.batch (file_sha256);
create index batch_open on catalog.batch (state, updated_at) where state not in ('committed', 'undone', 'cancelled', 'failed', 'expired');
grant select, insert, update on catalog.batch to sanjiang_app;

create table catalog.batch_piece (
  batch_id uuid not null constraint batch_piece_batch_id_fkey references catalog.batch,
  seq integer not null constraint batch_piece_seq_check check (seq between 0 and 127),
  bytes bytea not null constraint batch_piece_bytes_check check (octet_length(bytes) <= 1048576),
  constraint batch_piece_pkey primary key (batch_id, seq)
);
comment on table catalog.batch_piece is '导入文件的分段:各角色可在不同机器上,文件存于库中';
comment on column catalog.batch_piece.batch_id is '批量';
comment on column catalog.batch_piece.seq is '段号:自 0 起';
comment on column catalog.batch_piece.bytes is '内容';
grant select, insert, update, delete on catalog.batch_piece to sanjiang_app;

create table catalog.batch_entry (
  batch_id uuid not null constraint batch_entry_batch_id_fkey references catalog.batch,
  seq integer not null,
  kind text not null constraint batch_entry_kind_check check (kind in ('new', 'changed', 'same', 'conflict', 'error')),
  sheet text,
  first_row integer,
  last_row integer,
  name text not null,
  code text,
  provider_organ_id text,
  resource_id uuid,
  base_revision integer,
  content jsonb,
  reason text,
  faults jsonb not null,
  changes jsonb not null,
  before jsonb,
  written_revision integer,
  constraint batch_entry_pkey primary key (batch_id, seq)
);
comment on table catalog.batch_entry is '批量中的条目:会怎样、错在哪格、改了什么';
comment on column catalog.batch_entry.batch_id is '批量';
comment on column catalog.batch_entry.seq is '次序:自 1 起';
comment on column catalog.batch_entry.kind is '结果:新增、有变化、无变化、冲突、错误';
comment on column catalog.batch_entry.sheet is '工作表';
comment on column catalog.batch_entry.first_row is '起始行';
comment on column catalog.batch_entry.last_row is '结束行';
comment on column catalog.batch_entry.name is '条目名称';
comment on column catalog.batch_entry.code is '信息资源代码:表中所填或对应条目的';
comment on column catalog.batch_entry.provider_organ_id is '提供方';
comment on column catalog.batch_entry.resource_id is '对应的条目:新增的写入后才有';
comment on column catalog.batch_entry.base_revision is '检查时对应条目的修订号';
comment on column catalog.batch_entry.content is '要写入的全部内容:无变化与冲突的为空';
comment on column catalog.batch_entry.reason is '冲突的缘由';
comment on column catalog.batch_entry.faults is '不符合规则之处,含单元格';
comment on column catalog.batch_entry.changes is '逐字段变化';
comment on column catalog.batch_entry.before is '写入前的样子:撤销用';
comment on column catalog.batch_entry.written_revision is '写入后的修订号:撤销时须仍是它';
create index batch_entry_kind on catalog.batch_entry (batch_id, kind, seq);
grant select, insert, update, delete on catalog.batch_entry to sanjiang_app;
