create schema exchange;
comment on schema exchange is '数据交换:前置节点、挂接、批次、数据块、订阅、对账';
grant usage on schema exchange to sanjiang_app;

create table exchange.agent (
  agent_id uuid constraint agent_pkey primary key,
  organ_id text not null constraint agent_organ_id_fkey references identity.organ,
  organ_path text not null,
  name text not null,
  state text not null constraint agent_state_check check (state in ('invited', 'active', 'suspended')),
  public_key bytea,
  key_id text,
  epoch integer not null default 0 constraint agent_epoch_check check (epoch >= 0),
  proposal text,
  token_hash bytea,
  token_expires_at timestamptz(3),
  version text,
  last_seen_at timestamptz(3),
  report jsonb,
  assignment_no bigint not null default 0,
  created_at timestamptz(3) not null
);
comment on table exchange.agent is '前置节点:部门机器上的交换程序';
comment on column exchange.agent.agent_id is '前置节点标识';
comment on column exchange.agent.organ_id is '所属机构';
comment on column exchange.agent.organ_path is '所属机构路径:权限范围用';
comment on column exchange.agent.name is '名称';
comment on column exchange.agent.state is '状态';
comment on column exchange.agent.public_key is 'Ed25519 公钥,32 字节;未登记为空';
comment on column exchange.agent.key_id is '公钥标识';
comment on column exchange.agent.epoch is '纪元:每次签到加一,旧副本由此识别';
comment on column exchange.agent.proposal is '使纪元到达今值的那次提议:同一提议再来答复相同';
comment on column exchange.agent.token_hash is '一次性口令的散列:用过即空';
comment on column exchange.agent.token_expires_at is '一次性口令失效时刻';
comment on column exchange.agent.version is '程序版本';
comment on column exchange.agent.last_seen_at is '最近一次来报的时刻';
comment on column exchange.agent.report is '最近一次自报:连接、积压、各挂接与各传输的进度';
comment on column exchange.agent.assignment_no is '任务变更次数:加一即唤醒长轮询';
comment on column exchange.agent.created_at is '登记时刻';
create index agent_organ on exchange.agent (organ_path text_pattern_ops);
grant select, insert, update on exchange.agent to sanjiang_app;

create table exchange.agent_session (
  token_hash bytea constraint agent_session_pkey primary key,
  agent_id uuid not null constraint agent_session_agent_id_fkey references exchange.agent,
  epoch integer not null,
  expires_at timestamptz(3) not null
);
comment on table exchange.agent_session is '前置节点会话:令牌只存散列';
comment on column exchange.agent_session.token_hash is '令牌散列';
comment on column exchange.agent_session.agent_id is '前置节点';
comment on column exchange.agent_session.epoch is '签到时的纪元';
comment on column exchange.agent_session.expires_at is '失效时刻';
create index agent_session_agent on exchange.agent_session (agent_id);
grant select, insert, delete on exchange.agent_session to sanjiang_app;

create table exchange.feed (
  feed_id uuid constraint feed_pkey primary key,
  resource_id uuid not null,
  provider_organ_id text not null,
  provider_path text not null,
  agent_id uuid not null constraint feed_agent_id_fkey references exchange.agent,
  connection text not null,
  relation text not null,
  version integer not null constraint feed_version_check check (version > 0),
  state text not null constraint feed_state_check check (state in ('active', 'paused', 'held', 'detached')),
  hold_reason text constraint feed_hold_reason_check check (hold_reason in ('quality', 'drift', 'provider')),
  mode text not null constraint feed_mode_check check (mode in ('changes', 'cursor', 'snapshot')),
  cursor_item text,
  interval_seconds integer not null,
  reject_threshold numeric(5,2) not null,
  row_leaves boolean not null,
  bindings jsonb not null,
  key jsonb not null,
  union_items jsonb not null,
  head bigint not null default 0 constraint feed_head_check check (head >= 0),
  head_digest bytea,
  head_position text,
  supplied bigint not null default 0,
  last_chunk_at timestamptz(3),
  next_run_at timestamptz(3),
  trouble jsonb,
  attached_at timestamptz(3) not null
);
comment on table exchange.feed is '挂接:一个目录资源如何从一个前置节点的库表或文件夹读出';
comment on column exchange.feed.feed_id is '挂接标识';
comment on column exchange.feed.resource_id is '目录资源';
comment on column exchange.feed.provider_organ_id is '提供方机构';
comment on column exchange.feed.provider_path is '提供方机构路径:权限范围用';
comment on column exchange.feed.agent_id is '前置节点';
comment on column exchange.feed.connection is '连接名';
comment on column exchange.feed.relation is '库表或文件夹';
comment on column exchange.feed.version is '版本:每次变更加一';
comment on column exchange.feed.state is '状态';
comment on column exchange.feed.hold_reason is '暂扣原因';
comment on column exchange.feed.mode is '变更获知方式';
comment on column exchange.feed.cursor_item is '增量字段对应的信息项';
comment on column exchange.feed.interval_seconds is '增量或全量的间隔(秒)';
comment on column exchange.feed.reject_threshold is '问题数据阈值(百分比)';
comment on column exchange.feed.row_leaves is '存证是否带逐行加盐叶';
comment on column exchange.feed.bindings is '信息项与列的对应,按行内次序';
comment on column exchange.feed.key is '键信息项';
comment on column exchange.feed.union_items is '离开部门的信息项:有效授权所需之并集,按行内次序';
comment on column exchange.feed.head is '日志长度:下一块的序号';
comment on column exchange.feed.head_digest is '最后一块的摘要';
comment on column exchange.feed.head_position is '最后一块的源位置';
comment on column exchange.feed.supplied is '尚无提供方签名的第一块';
comment on column exchange.feed.last_chunk_at is '最后一块到达时刻';
comment on column exchange.feed.next_run_at is '下一批次应在何时下达';
comment on column exchange.feed.trouble is '故障:代码、责任方、一句话、时刻;空为无';
comment on column exchange.feed.attached_at is '挂接时刻';
create unique index feed_resource_attached_key on exchange.feed (resource_id) where state <> 'detached';
create index feed_provider on exchange.feed (provider_path text_pattern_ops);
create index feed_agent on exchange.feed (agent_id);
create index feed_due on exchange.feed (next_run_at) where state = 'active';
grant select, insert, update on exchange.feed to sanjiang_app;

create table exchange.feed_version (
  feed_id uuid not null,
  version integer not null,
  draft jsonb not null,
  reason text not null,
  changed_at timestamptz(3) not null,
  changed_by uuid,
  changed_by_name text not null,
  constraint feed_version_pkey primary key (feed_id, version)
);
comment on table exchange.feed_version is '挂接的历次版本:只增不改';
comment on column exchange.feed_version.feed_id is '挂接';
comment on column exchange.feed_version.version is '版本';
comment on column exchange.feed_version.draft is '当时的全部设定';
comment on column exchange.feed_version.reason is '缘由';
comment on column exchange.feed_version.changed_at is '时刻';
comment on column exchange.feed_version.changed_by is '经办人';
comment on column exchange.feed_version.changed_by_name is '经办人姓名';
grant select, insert on exchange.feed_version to sanjiang_app;

create table exchange.run (
  run_id uuid constraint run_pkey primary key,
  feed_id uuid not null constraint run_feed_id_fkey references exchange.feed,
  feed_version integer not null,
  kind text not null constraint run_kind_check check (kind in ('snapshot', 'increment', 'changes', 'repair')),
  state text not null constraint run_state_check check (state in ('waiting', 'running', 'finished', 'failed', 'cancelled')),
  subscription_id uuid,
  items jsonb not null,
  after text,
  keys jsonb,
  position text,
  end_position text,
  ordered_at timestamptz(3) not null,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  first_seq bigint,
  last_seq bigint,
  rows bigint not null default 0,
  bytes bigint not null default 0,
  rejects bigint not null default 0,
  estimated_rows bigint,
  trouble jsonb
);
comment on table exchange.run is '批次:挂接的一次读取';
comment on column exchange.run.run_id is '批次标识';
comment on column exchange.run.feed_id is '挂接';
comment on column exchange.run.feed_version is '下达时的挂接版本';
comment on column exchange.run.kind is '种类';
comment on column exchange.run.state is '状态';
comment on column exchange.run.subscription_id is '只为这一订阅修复;空为全体';
comment on column exchange.run.items is '行内信息项,按次序';
comment on column exchange.run.after is '从源的哪个位置之后读';
comment on column exchange.run.keys is '修复或重放的键:由前置节点封存的密文或键行';
comment on column exchange.run.position is '起始位置:全量所见的瞬间';
comment on column exchange.run.end_position is '终止位置';
comment on column exchange.run.ordered_at is '下达时刻';
comment on column exchange.run.started_at is '开始时刻';
comment on column exchange.run.finished_at is '结束时刻';
comment on column exchange.run.first_seq is '首块序号';
comment on column exchange.run.last_seq is '末块序号';
comment on column exchange.run.rows is '行数';
comment on column exchange.run.bytes is '字节数(压缩前)';
comment on column exchange.run.rejects is '问题数据行数';
comment on column exchange.run.estimated_rows is '预计行数';
comment on column exchange.run.trouble is '故障:代码、责任方、一句话、时刻;空为无';
create index run_feed on exchange.run (feed_id, ordered_at desc);
create index run_open on exchange.run (feed_id, ordered_at) where state in ('waiting', 'running');
grant select, insert, update on exchange.run to sanjiang_app;

-- Ready for Citus: the distribution column stands in every unique key; no foreign key, no trigger. No default partition:
-- a month nobody prepared fails loudly and the writer prepares it.
create table exchange.chunk (
  feed_id uuid not null,
  seq bigint not null constraint chunk_seq_check check (seq >= 0),
  month date not null,
  run_id uuid not null,
  kind text not null constraint chunk_kind_check check (kind in ('begin', 'rows', 'changes', 'end', 'file')),
  digest bytea not null,
  rows integer not null,
  bytes integer not null,
  stored_bytes integer not null,
  position text not null,
  tx_end boolean not null,
  header text not null,
  at timestamptz(3) not null,
  constraint chunk_pkey primary key (feed_id, seq, month)
) partition by range (month);
comment on table exchange.chunk is '数据块:挂接日志的一条,只增不改;摘要长期保留';
comment on column exchange.chunk.feed_id is '挂接:分布列';
comment on column exchange.chunk.seq is '序号:自 0 起不断号';
comment on column exchange.chunk.month is '月份:到达时刻所在月(UTC)的首日,分区列';
comment on column exchange.chunk.run_id is '批次';
comment on column exchange.chunk.kind is '种类';
comment on column exchange.chunk.digest is 'SHA-256(块头 LF 正文)';
comment on column exchange.chunk.rows is '行数';
comment on column exchange.chunk.bytes is '正文字节数(压缩前)';
comment on column exchange.chunk.stored_bytes is '存放字节数';
comment on column exchange.chunk.position is '源位置';
comment on column exchange.chunk.tx_end is '源事务到此为止';
comment on column exchange.chunk.header is '块头原文:规范 JSON';
comment on column exchange.chunk.at is '到达时刻';
grant select, insert on exchange.chunk to sanjiang_app;

create table exchange.chunk_body (
  feed_id uuid not null,
  seq bigint not null,
  month date not null,
  body bytea not null,
  constraint chunk_body_pkey primary key (feed_id, seq, month)
) partition by range (month);
comment on table exchange.chunk_body is '数据块正文:压缩后加密;各订阅签收满七日后删除';
comment on column exchange.chunk_body.feed_id is '挂接:分布列';
comment on column exchange.chunk_body.seq is '序号';
comment on column exchange.chunk_body.month is '月份:分区列';
comment on column exchange.chunk_body.body is '密文:zstd 后 AES-256-GCM';
-- Compressed and encrypted already: pglz would only cost time.
alter table exchange.chunk_body alter column body set storage external;
grant select, insert, delete on exchange.chunk_body to sanjiang_app;

create table exchange.subscription (
  subscription_id uuid constraint subscription_pkey primary key,
  grant_id uuid not null,
  feed_id uuid not null constraint subscription_feed_id_fkey references exchange.feed,
  resource_id uuid not null,
  provider_organ_id text not null,
  provider_path text not null,
  consumer_organ_id text not null,
  consumer_path text not null,
  target_kind text not null constraint subscription_target_kind_check check (target_kind in ('table', 'file', 'push')),
  agent_id uuid constraint subscription_agent_id_fkey references exchange.agent,
  connection text,
  target text,
  may_create boolean not null,
  file_format text constraint subscription_file_format_check check (file_format in ('csv', 'jsonl', 'xlsx')),
  webhook_url text,
  reconcile_hours integer not null,
  state text not null constraint subscription_state_check check (state in ('active', 'paused', 'faulted', 'stopped', 'ended')),
  base_run_id uuid,
  generation integer not null default 1,
  from_seq bigint not null default 0,
  next_seq bigint not null default 0,
  rows_total bigint not null default 0,
  bytes_total bigint not null default 0,
  last_delivered_at timestamptz(3),
  last_accepted_at timestamptz(3),
  next_reconcile_at timestamptz(3),
  trouble jsonb,
  created_at timestamptz(3) not null
);
comment on table exchange.subscription is '订阅:一个授权的数据送往何处、送到了哪里';
comment on column exchange.subscription.subscription_id is '订阅标识';
comment on column exchange.subscription.grant_id is '数据授权';
comment on column exchange.subscription.feed_id is '挂接';
comment on column exchange.subscription.resource_id is '目录资源';
comment on column exchange.subscription.provider_organ_id is '提供方机构';
comment on column exchange.subscription.provider_path is '提供方机构路径:权限范围用';
comment on column exchange.subscription.consumer_organ_id is '使用方机构';
comment on column exchange.subscription.consumer_path is '使用方机构路径:权限范围用';
comment on column exchange.subscription.target_kind is '交付方式';
comment on column exchange.subscription.agent_id is '使用方前置节点;推送为空';
comment on column exchange.subscription.connection is '连接名';
comment on column exchange.subscription.target is '目标库表或文件夹';
comment on column exchange.subscription.may_create is '可由前置节点建表';
comment on column exchange.subscription.file_format is '文件格式';
comment on column exchange.subscription.webhook_url is '通知地址';
comment on column exchange.subscription.reconcile_hours is '对账间隔(小时);0 为只在传输之后';
comment on column exchange.subscription.state is '状态';
comment on column exchange.subscription.base_run_id is '从哪一次全量起读;空为等待全量';
comment on column exchange.subscription.generation is '代次:回退或重新全量加一';
comment on column exchange.subscription.from_seq is '本代从哪一块起';
comment on column exchange.subscription.next_seq is '签收到哪里:下一块的序号';
comment on column exchange.subscription.rows_total is '累计签收行数';
comment on column exchange.subscription.bytes_total is '累计交付字节数';
comment on column exchange.subscription.last_delivered_at is '最近交付时刻';
comment on column exchange.subscription.last_accepted_at is '最近签收时刻';
comment on column exchange.subscription.next_reconcile_at is '下一次对账时刻';
comment on column exchange.subscription.trouble is '故障:代码、责任方、一句话、时刻;空为无';
comment on column exchange.subscription.created_at is '订阅时刻';
create unique index subscription_grant_standing_key on exchange.subscription (grant_id) where state <> 'ended';
create index subscription_feed on exchange.subscription (feed_id);
create index subscription_agent on exchange.subscription (agent_id);
create index subscription_provider on exchange.subscription (provider_path text_pattern_ops);
create index subscription_consumer on exchange.subscription (consumer_path text_pattern_ops);
grant select, insert, update on exchange.subscription to sanjiang_app;

create table exchange.delivery (
  subscription_id uuid not null,
  generation integer not null,
  seq bigint not null,
  month date not null,
  after bigint not null,
  run_id uuid not null,
  kind text not null constraint delivery_kind_check check (kind in ('begin', 'rows', 'changes', 'end', 'file')),
  rows integer not null,
  bytes integer not null,
  digest bytea not null,
  grant_version integer not null,
  log_id uuid not null,
  log_seq bigint not null,
  delivered_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  constraint delivery_pkey primary key (subscription_id, generation, seq, month)
) partition by range (month);
comment on table exchange.delivery is '交付:一块数据给一个订阅,双方存证的所在';
comment on column exchange.delivery.subscription_id is '订阅:分布列';
comment on column exchange.delivery.generation is '代次';
comment on column exchange.delivery.seq is '数据块序号';
comment on column exchange.delivery.month is '月份:交付时刻所在月(UTC)的首日,分区列';
comment on column exchange.delivery.after is '前一交付块的序号;首块为 -1';
comment on column exchange.delivery.run_id is '批次';
comment on column exchange.delivery.kind is '种类';
comment on column exchange.delivery.rows is '交付行数';
comment on column exchange.delivery.bytes is '交付字节数(压缩前)';
comment on column exchange.delivery.digest is '交付内容的摘要';
comment on column exchange.delivery.grant_version is '依据的授权版本';
comment on column exchange.delivery.log_id is '存证日志';
comment on column exchange.delivery.log_seq is '存证序号';
comment on column exchange.delivery.delivered_at is '交付时刻';
comment on column exchange.delivery.accepted_at is '签收时刻';
grant select, insert, update on exchange.delivery to sanjiang_app;

create table exchange.reject (
  reject_id uuid constraint reject_pkey primary key,
  feed_id uuid not null constraint reject_feed_id_fkey references exchange.feed,
  run_id uuid not null,
  row_key text not null,
  sealed_key text not null,
  item text not null,
  rule text not null,
  reason text not null,
  state text not null constraint reject_state_check check (state in ('open', 'replayed', 'dropped')),
  found_at timestamptz(3) not null,
  settled_at timestamptz(3)
);
comment on table exchange.reject is '问题数据:出门前被拦下的行;行本身留在提供方';
comment on column exchange.reject.reject_id is '标识';
comment on column exchange.reject.feed_id is '挂接';
comment on column exchange.reject.run_id is '发现于哪一批次';
comment on column exchange.reject.row_key is '行键(已脱敏)';
comment on column exchange.reject.sealed_key is '行键密文:只有该前置节点能解';
comment on column exchange.reject.item is '信息项';
comment on column exchange.reject.rule is '规则';
comment on column exchange.reject.reason is '原因';
comment on column exchange.reject.state is '状态';
comment on column exchange.reject.found_at is '发现时刻';
comment on column exchange.reject.settled_at is '了结时刻';
create unique index reject_once_key on exchange.reject (run_id, rule, item, md5(sealed_key), md5(row_key));
create index reject_feed on exchange.reject (feed_id, reject_id desc);
create index reject_open on exchange.reject (feed_id) where state = 'open';
grant select, insert, update on exchange.reject to sanjiang_app;

create table exchange.reconciliation (
  reconciliation_id uuid constraint reconciliation_pkey primary key,
  subscription_id uuid not null constraint reconciliation_subscription_id_fkey references exchange.subscription,
  state text not null constraint reconciliation_state_check check (state in ('running', 'equal', 'repaired', 'different', 'failed')),
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  proven_at timestamptz(3),
  source_rows bigint,
  target_rows bigint,
  ranges integer not null default 0,
  differing_ranges integer not null default 0,
  missing integer not null default 0,
  surplus integer not null default 0,
  changed integer not null default 0,
  repaired integer not null default 0,
  examples jsonb not null,
  progress jsonb not null,
  trouble jsonb
);
comment on table exchange.reconciliation is '对账:同一授权之下两侧逐段比对';
comment on column exchange.reconciliation.reconciliation_id is '对账标识';
comment on column exchange.reconciliation.subscription_id is '订阅';
comment on column exchange.reconciliation.state is '状态';
comment on column exchange.reconciliation.started_at is '开始时刻';
comment on column exchange.reconciliation.finished_at is '结束时刻';
comment on column exchange.reconciliation.proven_at is '最近证明一致的时刻';
comment on column exchange.reconciliation.source_rows is '源侧行数';
comment on column exchange.reconciliation.target_rows is '目标侧行数';
comment on column exchange.reconciliation.ranges is '区间数';
comment on column exchange.reconciliation.differing_ranges is '不一致的区间数';
comment on column exchange.reconciliation.missing is '目标缺少的行';
comment on column exchange.reconciliation.surplus is '目标多出的行';
comment on column exchange.reconciliation.changed is '内容不同的行';
comment on column exchange.reconciliation.repaired is '已修复的行';
comment on column exchange.reconciliation.examples is '举例:脱敏的键与差异';
comment on column exchange.reconciliation.progress is '进行到哪里:中断后由此接着做';
comment on column exchange.reconciliation.trouble is '故障:代码、责任方、一句话、时刻;空为无';
create index reconciliation_subscription on exchange.reconciliation (subscription_id, started_at desc);
create unique index reconciliation_running_key on exchange.reconciliation (subscription_id) where state = 'running';
grant select, insert, update on exchange.reconciliation to sanjiang_app;

create table exchange.drift (
  drift_id uuid constraint drift_pkey primary key,
  feed_id uuid not null constraint drift_feed_id_fkey references exchange.feed,
  feed_version integer not null,
  kind text not null constraint drift_kind_check check (kind in ('dropped', 'renamed', 'retyped', 'added')),
  item text,
  "column" text not null,
  was text not null,
  now text not null,
  found_at timestamptz(3) not null,
  decision text constraint drift_decision_check check (decision in ('hold', 'translate', 'approve')),
  decided_by_name text,
  decided_at timestamptz(3),
  reason text
);
comment on table exchange.drift is '源结构变化:等待提供方处理';
comment on column exchange.drift.drift_id is '标识';
comment on column exchange.drift.feed_id is '挂接';
comment on column exchange.drift.feed_version is '发现时的挂接版本';
comment on column exchange.drift.kind is '种类';
comment on column exchange.drift.item is '信息项;新增字段为空';
comment on column exchange.drift."column" is '字段';
comment on column exchange.drift.was is '原来';
comment on column exchange.drift.now is '现在';
comment on column exchange.drift.found_at is '发现时刻';
comment on column exchange.drift.decision is '处理';
comment on column exchange.drift.decided_by_name is '处理人姓名';
comment on column exchange.drift.decided_at is '处理时刻';
comment on column exchange.drift.reason is '处理理由';
create unique index drift_once_key on exchange.drift (feed_id, feed_version, kind, "column", now);
grant select, insert, update on exchange.drift to sanjiang_app;

create table exchange.question (
  question_id uuid constraint question_pkey primary key,
  agent_id uuid not null constraint question_agent_id_fkey references exchange.agent,
  kind text not null constraint question_kind_check check (kind in ('browse', 'describe', 'dry_run', 'ranges', 'rows')),
  connection text not null,
  body jsonb not null,
  answer jsonb,
  trouble jsonb,
  asked_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  answered_at timestamptz(3)
);
comment on table exchange.question is '提问:请前置节点回答一次';
comment on column exchange.question.question_id is '标识';
comment on column exchange.question.agent_id is '前置节点';
comment on column exchange.question.kind is '种类';
comment on column exchange.question.connection is '连接名';
comment on column exchange.question.body is '问什么';
comment on column exchange.question.answer is '回答';
comment on column exchange.question.trouble is '故障:代码、责任方、一句话、时刻;空为无';
comment on column exchange.question.asked_at is '提问时刻';
comment on column exchange.question.expires_at is '逾时不候';
comment on column exchange.question.answered_at is '回答时刻';
create index question_open on exchange.question (agent_id, asked_at) where answered_at is null;
grant select, insert, update, delete on exchange.question to sanjiang_app;

create table exchange.notice (
  notice_id uuid constraint notice_pkey primary key,
  subscription_id uuid not null constraint notice_subscription_id_fkey references exchange.subscription,
  head bigint not null,
  state text not null constraint notice_state_check check (state in ('waiting', 'sent', 'dead')),
  tries integer not null default 0,
  next_try_at timestamptz(3),
  answered_status integer,
  detail text,
  created_at timestamptz(3) not null,
  sent_at timestamptz(3)
);
comment on table exchange.notice is '推送通知:一次新进度告知一次,失败重试,多次不成进死信';
comment on column exchange.notice.notice_id is '标识';
comment on column exchange.notice.subscription_id is '订阅';
comment on column exchange.notice.head is '告知的日志长度';
comment on column exchange.notice.state is '状态';
comment on column exchange.notice.tries is '已试次数';
comment on column exchange.notice.next_try_at is '下次尝试时刻';
comment on column exchange.notice.answered_status is '最近一次对方的答复';
comment on column exchange.notice.detail is '最近一次失败的原因';
comment on column exchange.notice.created_at is '产生时刻';
comment on column exchange.notice.sent_at is '送达时刻';
create index notice_due on exchange.notice (next_try_at) where state = 'waiting';
create unique index notice_once_key on exchange.notice (subscription_id, head);
grant select, insert, update on exchange.notice to sanjiang_app;

create function exchange.ensure_month(wanted date) returns void language plpgsql security definer set search_path = pg_catalog as $$
declare
  part text;
begin
  if wanted <> date_trunc('month', wanted)::date then raise exception 'not the first day of a month: %', wanted; end if;
  foreach part in array array['chunk', 'chunk_body', 'delivery'] loop
    if to_regclass(format('exchange.%I', part || to_char(wanted, '_YYYY_MM'))) is null then
      perform pg_advisory_xact_lock(hashtext('exchange.ensure_month'));
      execute format('create table if not exists exchange.%I partition of exchange.%I for values from (%L) to (%L)',
        part || to_char(wanted, '_YYYY_MM'), part, wanted, (wanted + interval '1 month')::date);
    end if;
  end loop;
end $$;
comment on function exchange.ensure_month(date) is '准备一个月的分区';
revoke execute on function exchange.ensure_month(date) from public;
grant execute on function exchange.ensure_month(date) to sanjiang_app;

create view exchange.published_feed as
select feed_id, resource_id, provider_organ_id, provider_path, state, mode, last_chunk_at from exchange.feed where state <> 'detached';
comment on view exchange.published_feed is '挂接现状';
grant select on exchange.published_feed to sanjiang_app;

create view exchange.published_subscription as
select subscription_id, grant_id, feed_id, resource_id, provider_organ_id, consumer_organ_id, target_kind, state, rows_total,
       bytes_total, last_accepted_at, created_at
from exchange.subscription;
comment on view exchange.published_subscription is '订阅现状';
grant select on exchange.published_subscription to sanjiang_app;
