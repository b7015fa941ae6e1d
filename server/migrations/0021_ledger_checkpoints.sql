create table ledger.checkpoint (
  no bigint constraint checkpoint_pkey primary key constraint checkpoint_no_check check (no >= 1),
  at timestamptz(3) not null,
  hash text not null,
  body text not null,
  signatures jsonb not null
);
comment on table ledger.checkpoint is '检查点:每秒一次,对全部日志之头签名;只增不改';
comment on column ledger.checkpoint.no is '编号:从 1 起不断号';
comment on column ledger.checkpoint.at is '签署时刻';
comment on column ledger.checkpoint.hash is '正文散列:下一检查点引用它';
comment on column ledger.checkpoint.body is '检查点正文:规范 JSON 原文,签名的对象';
comment on column ledger.checkpoint.signatures is '签名:节点与见证方';
create index checkpoint_at on ledger.checkpoint (at);
grant select, insert on ledger.checkpoint to sanjiang_app;

create table ledger.head (
  log_id uuid not null,
  no bigint not null,
  size bigint not null,
  root bytea not null,
  frontier bytea not null,
  is_closed boolean not null,
  constraint head_pkey primary key (log_id, no)
);
comment on table ledger.head is '日志之头:某检查点时某日志的大小与树根,只记有变化的';
comment on column ledger.head.log_id is '日志';
comment on column ledger.head.no is '检查点编号';
comment on column ledger.head.size is '条目数';
comment on column ledger.head.root is '默克尔树根';
comment on column ledger.head.frontier is '树的右缘:各完整子树的根,大者在前;导出由此起算';
comment on column ledger.head.is_closed is '此后不再有条目';
create index head_size on ledger.head (log_id, size);
create index head_no on ledger.head (no);
grant select, insert on ledger.head to sanjiang_app;

-- Roots of complete subtrees of 256, 65 536, … leaves: any proof then reads at most 256 rows per level, however long the
-- log. They are derived and carry no trust: a changed one only makes a proof that does not verify.
create table ledger.tile (
  log_id uuid not null,
  level smallint not null constraint tile_level_check check (level in (8, 16, 24, 32, 40, 48)),
  index bigint not null,
  hash bytea not null,
  constraint tile_pkey primary key (log_id, level, index)
);
comment on table ledger.tile is '树片:完整子树的根,供按需出具证明';
comment on column ledger.tile.log_id is '日志';
comment on column ledger.tile.level is '子树高度:8 的倍数';
comment on column ledger.tile.index is '第几棵子树';
comment on column ledger.tile.hash is '子树根';
grant select, insert on ledger.tile to sanjiang_app;
