create schema ledger;
comment on schema ledger is '存证账本:每个进程一本日志,默克尔树,签名检查点';
grant usage on schema ledger to sanjiang_app, sanjiang_gateway;

-- One row per start of a writing process. `size` moves in the same statement that inserts the entries, and only from the
-- size the writer believes in and while the log is open: that comparison is what fences a writer cut off from its log.
create table ledger.log (
  log_id uuid constraint log_pkey primary key,
  node_id text not null,
  role text not null,
  hash_alg text not null constraint log_hash_alg_check check (hash_alg in ('sha256', 'sm3')),
  size bigint not null default 0 constraint log_size_check check (size >= 0),
  opened_at timestamptz(3) not null,
  beat_at timestamptz(3) not null,
  closed_at timestamptz(3),
  closed_by text constraint log_closed_by_check check (closed_by in ('writer', 'checkpoint')),
  settled_no bigint,
  constraint log_closed_at_check check ((closed_at is null) = (closed_by is null))
);
comment on table ledger.log is '日志:写入进程每启动一次开一本,序号从 0 起不断号';
comment on column ledger.log.log_id is '日志标识:UUID v7';
comment on column ledger.log.node_id is '节点标识';
comment on column ledger.log.role is '写入进程的角色';
comment on column ledger.log.hash_alg is '杂凑算法';
comment on column ledger.log.size is '条目数:与条目同一语句写入';
comment on column ledger.log.opened_at is '开启时刻';
comment on column ledger.log.beat_at is '写入者最近存活时刻';
comment on column ledger.log.closed_at is '关闭时刻:此后不再有条目';
comment on column ledger.log.closed_by is '关闭者:writer 写入者自己,checkpoint 检查点发现写入者已不在';
comment on column ledger.log.settled_no is '收尾检查点:已把它记为关闭;空则仍在观察';
create index log_unsettled on ledger.log (log_id) where settled_no is null;
grant select, insert, update (size, beat_at, closed_at, closed_by, settled_no) on ledger.log to sanjiang_app, sanjiang_gateway;

-- Ready for Citus: log_id is the distribution column and stands in every unique key; no foreign key, no trigger.
-- There is no default partition: an entry of a month nobody prepared fails loudly and the writer prepares the month.
create table ledger.entry (
  log_id uuid not null,
  seq bigint not null constraint entry_seq_check check (seq >= 0),
  month date not null,
  at timestamptz(3) not null,
  kind text not null,
  body text not null,
  leaf bytea not null,
  provider_organ_id text,
  consumer_organ_id text,
  client_id uuid,
  grant_id uuid,
  resource_code text,
  case_no text collate "C",
  outcome text,
  topic text,
  actor_id text,
  event_id uuid,
  constraint entry_pkey primary key (log_id, seq, month)
) partition by range (month);
comment on table ledger.entry is '账本条目:只增不改;正文与叶散列之外的列都摘自正文,供检索';
comment on column ledger.entry.log_id is '日志:分布列';
comment on column ledger.entry.seq is '序号:即默克尔树的叶序';
comment on column ledger.entry.month is '月份:at 所在月(UTC)的首日,分区列';
comment on column ledger.entry.at is '写入时刻';
comment on column ledger.entry.kind is '种类:call 调用,access 访问,admin 管理操作,grant 授权事实';
comment on column ledger.entry.body is '条目正文:规范 JSON 原文,逐字节参与散列';
comment on column ledger.entry.leaf is '叶散列';
comment on column ledger.entry.provider_organ_id is '提供方机构';
comment on column ledger.entry.consumer_organ_id is '使用方机构';
comment on column ledger.entry.client_id is '应用系统';
comment on column ledger.entry.grant_id is '授权';
comment on column ledger.entry.resource_code is '目录资源代码';
comment on column ledger.entry.case_no is '办件编号';
comment on column ledger.entry.outcome is '结果';
comment on column ledger.entry.topic is '事由:事实类型;调用为空';
comment on column ledger.entry.actor_id is '行为人:访问与管理操作';
comment on column ledger.entry.event_id is '来源事实:同一事实只存证一次';
-- Each index costs every call 2 to 4 µs of PostgreSQL's time; organs and resources are found by time and filter instead.
create index entry_at on ledger.entry (at);
create index entry_grant on ledger.entry (grant_id, at) where grant_id is not null;
create index entry_case on ledger.entry (case_no) where case_no is not null;
create index entry_topic on ledger.entry (at) where topic is not null;
create index entry_event on ledger.entry (event_id) where event_id is not null;
grant select, insert on ledger.entry to sanjiang_app, sanjiang_gateway;

-- No unique key: rows come only with their entry, in one statement, once. The list itself is sealed inside the entry.
create table ledger.subject (
  subject text collate "C" not null,
  log_id uuid not null,
  seq bigint not null,
  month date not null
) partition by range (month);
comment on table ledger.subject is '当事人索引:谁的数据在哪些条目里,用于“谁查了我”';
comment on column ledger.subject.subject is '当事人:带版本的密钥散列,密钥不在库中';
comment on column ledger.subject.log_id is '日志:分布列';
comment on column ledger.subject.seq is '条目序号';
comment on column ledger.subject.month is '月份:分区列';
create index subject_subject on ledger.subject (subject);
grant select, insert on ledger.subject to sanjiang_app, sanjiang_gateway;

-- The roles own nothing and may create nothing; this is the one table they may cause to exist. Months more than a year
-- from now are refused, so that a wrong clock cannot litter the schema.
create function ledger.ensure_month(wanted date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first_day date := date_trunc('month', wanted)::date;
  next_day date := (date_trunc('month', wanted) + interval '1 month')::date;
  name text;
begin
  if first_day not between current_date - 400 and current_date + 400 then
    raise exception 'ledger month % is out of range', first_day using errcode = '22008';
  end if;
  perform pg_advisory_xact_lock(hashtext('ledger.ensure_month'));
  foreach name in array array['entry', 'subject'] loop
    if to_regclass(format('ledger.%I', name || to_char(first_day, '_YYYY_MM'))) is null then
      execute format('create table ledger.%I partition of ledger.%I for values from (%L) to (%L)',
        name || to_char(first_day, '_YYYY_MM'), name, first_day, next_day);
    end if;
  end loop;
end $$;
comment on function ledger.ensure_month(date) is '备好某月的分区';
revoke all on function ledger.ensure_month(date) from public;
grant execute on function ledger.ensure_month(date) to sanjiang_app, sanjiang_gateway;
