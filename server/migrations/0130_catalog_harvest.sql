-- Harvest of other catalogues (T2.2): where from, whose names are whose, what each run met, and which entries came by it.
create table catalog.harvest_source (
  source_id uuid constraint harvest_source_pkey primary key,
  name text not null constraint harvest_source_name_key unique,
  kind text not null constraint harvest_source_kind_check check (kind in ('ckan', 'dcat', 'sanjiang')),
  url text not null,
  auth_header text,
  sealed_secret text,
  defaults jsonb not null,
  cycle text not null constraint harvest_source_cycle_check check (cycle in ('manual', 'daily', 'weekly')),
  requests_per_second numeric(6, 2) not null constraint harvest_source_rate_check check (requests_per_second between 0.1 and 1000),
  is_enabled boolean not null,
  revision integer not null,
  next_run_at timestamptz(3),
  etag text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  updated_by_name text not null,
  constraint harvest_source_auth_check check ((auth_header is null) = (sealed_secret is null))
);
comment on table catalog.harvest_source is '汇聚来源:CKAN、DCAT 目录或另一个三江节点(T2.2)';
comment on column catalog.harvest_source.source_id is '来源标识:UUID v7';
comment on column catalog.harvest_source.name is '名称';
comment on column catalog.harvest_source.kind is '种类';
comment on column catalog.harvest_source.url is '地址:CKAN 与三江节点为根地址,DCAT 为目录文件';
comment on column catalog.harvest_source.auth_header is '鉴权请求头的名称;没有则为空。三江节点以本节点公钥签名,不用它';
comment on column catalog.harvest_source.sealed_secret is '鉴权请求头的值:以节点密钥加密';
comment on column catalog.harvest_source.defaults is '来源没有而本目录标准要求的各项取值';
comment on column catalog.harvest_source.cycle is '周期';
comment on column catalog.harvest_source.requests_per_second is '每秒至多请求数';
comment on column catalog.harvest_source.is_enabled is '是否启用';
comment on column catalog.harvest_source.revision is '修订号:每次改动加一';
comment on column catalog.harvest_source.next_run_at is '下次汇聚时刻:人工的为空';
comment on column catalog.harvest_source.etag is '上次完整汇聚时对方目录的标记;改动设置或有未收下的记录时清空';
comment on column catalog.harvest_source.created_at is '登记时刻';
comment on column catalog.harvest_source.updated_at is '最近改动时刻';
comment on column catalog.harvest_source.updated_by_name is '最近改动人';
grant select, insert, update on catalog.harvest_source to sanjiang_app;

create table catalog.harvest_publisher (
  source_id uuid not null constraint harvest_publisher_source_id_fkey references catalog.harvest_source,
  publisher_key text not null,
  name text not null,
  organ_id text constraint harvest_publisher_organ_id_fkey references identity.organ,
  matched_by text constraint harvest_publisher_matched_by_check check (matched_by in ('name', 'former_name', 'alias', 'code', 'person')),
  seen_at timestamptz(3) not null,
  constraint harvest_publisher_pkey primary key (source_id, publisher_key),
  constraint harvest_publisher_matched_check check ((organ_id is null) = (matched_by is null))
);
comment on table catalog.harvest_publisher is '发布机构对应:来源所称的机构是本省哪个机构';
comment on column catalog.harvest_publisher.source_id is '来源';
comment on column catalog.harvest_publisher.publisher_key is '来源中的机构标识或名称';
comment on column catalog.harvest_publisher.name is '来源所称的名称';
comment on column catalog.harvest_publisher.organ_id is '对应的机构:未对应为空';
comment on column catalog.harvest_publisher.matched_by is '依据:全称、曾用名、俗称、统一社会信用代码,或人工指定';
comment on column catalog.harvest_publisher.seen_at is '首次见到的时刻';
grant select, insert, update on catalog.harvest_publisher to sanjiang_app;

create table catalog.harvest_run (
  run_id uuid constraint harvest_run_pkey primary key,
  source_id uuid not null constraint harvest_run_source_id_fkey references catalog.harvest_source,
  state text not null constraint harvest_run_state_check check (state in
    ('waiting', 'running', 'held', 'finished', 'failed', 'cancelled')),
  phase text not null constraint harvest_run_phase_check check (phase in ('read', 'archive')),
  ordered_by_name text not null,
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  holder text,
  lease_until timestamptz(3),
  is_cancelling boolean not null default false,
  place jsonb,
  pages integer not null default 0,
  total_first integer,
  total_last integer,
  new_count integer not null default 0,
  changed_count integer not null default 0,
  same_count integer not null default 0,
  restored_count integer not null default 0,
  linked_count integer not null default 0,
  refused_count integer not null default 0,
  failed_count integer not null default 0,
  repeated_count integer not null default 0,
  unknown_count integer not null default 0,
  archived_count integer not null default 0,
  absent_count integer not null default 0,
  is_unchanged boolean not null default false,
  is_kept boolean not null default false,
  etag text,
  note text,
  trouble text
);
comment on table catalog.harvest_run is '汇聚批次:读到哪里、各种结果的条数;中断后从 place 继续';
comment on column catalog.harvest_run.run_id is '批次标识:UUID v7';
comment on column catalog.harvest_run.source_id is '来源';
comment on column catalog.harvest_run.state is '状态';
comment on column catalog.harvest_run.phase is '阶段:读取、归档';
comment on column catalog.harvest_run.ordered_by_name is '发起人;按周期的为平台';
comment on column catalog.harvest_run.created_at is '发起时刻';
comment on column catalog.harvest_run.started_at is '开始时刻';
comment on column catalog.harvest_run.ended_at is '结束时刻';
comment on column catalog.harvest_run.holder is '正在执行的进程';
comment on column catalog.harvest_run.lease_until is '占用期限:过期即可由别的进程接着做';
comment on column catalog.harvest_run.is_cancelling is '已要求停止';
comment on column catalog.harvest_run.place is '下一页的位置:与该页的结果在同一事务写入';
comment on column catalog.harvest_run.pages is '已处理的页数';
comment on column catalog.harvest_run.total_first is '对方在第一页所称的总数';
comment on column catalog.harvest_run.total_last is '对方在最后一页所称的总数';
comment on column catalog.harvest_run.new_count is '新增';
comment on column catalog.harvest_run.changed_count is '有变化';
comment on column catalog.harvest_run.same_count is '未变';
comment on column catalog.harvest_run.restored_count is '重新出现而恢复';
comment on column catalog.harvest_run.linked_count is '本地已有同一条目,只作关联';
comment on column catalog.harvest_run.refused_count is '不合目录标准或机构未对应,未收';
comment on column catalog.harvest_run.failed_count is '读不出';
comment on column catalog.harvest_run.repeated_count is '同一批次中重复出现';
comment on column catalog.harvest_run.unknown_count is '读不出且不知是哪一条的,含在 failed_count 中';
comment on column catalog.harvest_run.archived_count is '来源中已不存在而归档';
comment on column catalog.harvest_run.absent_count is '来源中没有见到的现有条目数';
comment on column catalog.harvest_run.is_unchanged is '对方答复自上次以来没有变化';
comment on column catalog.harvest_run.is_kept is '缺失过多,经人工决定不归档';
comment on column catalog.harvest_run.etag is '对方目录的标记';
comment on column catalog.harvest_run.note is '对账说明:为什么没有判定缺失';
comment on column catalog.harvest_run.trouble is '失败原因';
create unique index harvest_run_open_key on catalog.harvest_run (source_id) where state in ('waiting', 'running', 'held');
create index harvest_run_source on catalog.harvest_run (source_id, run_id desc);
grant select, insert, update on catalog.harvest_run to sanjiang_app;

create table catalog.harvest_page (
  run_id uuid not null constraint harvest_page_run_id_fkey references catalog.harvest_run,
  page_no integer not null,
  place text not null,
  keys text[] not null,
  same_keys text[] not null,
  notes text[] not null,
  read_at timestamptz(3) not null,
  constraint harvest_page_pkey primary key (run_id, page_no)
);
comment on table catalog.harvest_page is '汇聚批次的一页:见到的全部记录键,据此判定缺失;未变的只记在这里';
comment on column catalog.harvest_page.run_id is '批次';
comment on column catalog.harvest_page.page_no is '页序:自 1 起';
comment on column catalog.harvest_page.place is '在来源中的范围';
comment on column catalog.harvest_page.keys is '见到的记录键';
comment on column catalog.harvest_page.same_keys is '其中未变的';
comment on column catalog.harvest_page.notes is '读这一页时的情况:编码不符、重试、跳过的范围';
comment on column catalog.harvest_page.read_at is '处理完的时刻';
grant select, insert on catalog.harvest_page to sanjiang_app;

create table catalog.harvest_log (
  run_id uuid not null constraint harvest_log_run_id_fkey references catalog.harvest_run,
  seq integer not null,
  record_key text,
  title text not null,
  outcome text not null constraint harvest_log_outcome_check check (outcome in
    ('new', 'changed', 'restored', 'linked', 'refused', 'failed', 'archived')),
  pointer text not null,
  message text not null,
  excerpt text not null,
  resource_id uuid,
  constraint harvest_log_pkey primary key (run_id, seq)
);
comment on table catalog.harvest_log is '汇聚日志:每条记录的结果;未变的见 harvest_page';
comment on column catalog.harvest_log.run_id is '批次';
comment on column catalog.harvest_log.seq is '次序';
comment on column catalog.harvest_log.record_key is '来源中的记录键:读不出的为空';
comment on column catalog.harvest_log.title is '名称:读不出的为其范围';
comment on column catalog.harvest_log.outcome is '结果';
comment on column catalog.harvest_log.pointer is '出错之处:JSON 指针、行列或范围';
comment on column catalog.harvest_log.message is '说明';
comment on column catalog.harvest_log.excerpt is '原文摘录';
comment on column catalog.harvest_log.resource_id is '本目录中的条目';
create index harvest_log_outcome on catalog.harvest_log (run_id, outcome, seq);
grant select, insert on catalog.harvest_log to sanjiang_app;

create table catalog.harvested_entry (
  source_id uuid not null constraint harvested_entry_source_id_fkey references catalog.harvest_source,
  record_key text not null,
  resource_id uuid not null constraint harvested_entry_resource_id_fkey references catalog.resource,
  state text not null constraint harvested_entry_state_check check (state in ('present', 'archived', 'linked')),
  content_hash text not null,
  record_url text,
  run_id uuid not null constraint harvested_entry_run_id_fkey references catalog.harvest_run,
  changed_at timestamptz(3) not null,
  constraint harvested_entry_pkey primary key (source_id, record_key)
);
comment on table catalog.harvested_entry is '汇聚来的条目:从哪个来源的哪条记录来;在本节点只读,其缺陷不计入提供方';
comment on column catalog.harvested_entry.source_id is '来源';
comment on column catalog.harvested_entry.record_key is '来源中的记录键';
comment on column catalog.harvested_entry.resource_id is '本目录中的条目';
comment on column catalog.harvested_entry.state is '现有、已归档,或关联到本地编制的条目';
comment on column catalog.harvested_entry.content_hash is '转换后内容的摘要:不变则什么也不写';
comment on column catalog.harvested_entry.record_url is '记录在来源中的页面';
comment on column catalog.harvested_entry.run_id is '最近改动它的批次';
comment on column catalog.harvested_entry.changed_at is '最近改动时刻';
create unique index harvested_entry_resource_key on catalog.harvested_entry (resource_id) where state <> 'linked';
create index harvested_entry_linked on catalog.harvested_entry (resource_id);
grant select, insert, update on catalog.harvested_entry to sanjiang_app;

create view catalog.published_origin as
select h.resource_id, h.source_id, s.name as source_name, s.kind as source_kind, h.record_key, h.record_url, h.changed_at
from catalog.harvested_entry h join catalog.harvest_source s on s.source_id = h.source_id
where h.state <> 'linked';
comment on view catalog.published_origin is '汇聚来的条目及其来源:不在其中的为本地编制';
comment on column catalog.published_origin.resource_id is '资源';
comment on column catalog.published_origin.source_id is '来源';
comment on column catalog.published_origin.source_name is '来源名称';
comment on column catalog.published_origin.source_kind is '来源种类';
comment on column catalog.published_origin.record_key is '来源中的记录键';
comment on column catalog.published_origin.record_url is '记录在来源中的页面';
comment on column catalog.published_origin.changed_at is '最近汇聚而改动的时刻';
grant select on catalog.published_origin to sanjiang_app;

-- What other nodes harvest from here, in the order in which it was committed: the policy row, locked to the end of each transaction
-- that publishes or withdraws, numbers the changes. A row stays for good, as the tombstone of what was once open to all.
create table catalog.entry_change (
  resource_id uuid constraint entry_change_pkey primary key constraint entry_change_resource_id_fkey references catalog.resource,
  seq bigint not null,
  was_open boolean not null
);
comment on table catalog.entry_change is '目录变更序:供其他节点按次序汇聚;已下架的留作墓碑';
comment on column catalog.entry_change.resource_id is '资源';
comment on column catalog.entry_change.seq is '最近一次发布或下架的次序号:即当时的策略版本';
comment on column catalog.entry_change.was_open is '是否曾对各级各部门可见:不曾的不留墓碑';
create index entry_change_seq on catalog.entry_change (seq, resource_id);
grant select, insert, update on catalog.entry_change to sanjiang_app;

insert into catalog.entry_change (resource_id, seq, was_open)
select e.resource_id, p.version, e.audience_path = '/' from catalog.entry e, kernel.policy p;

create view catalog.published_feed as
select c.seq, c.resource_id, e.resource_id is null or e.audience_path <> '/' as is_gone, e.code, e.version, e.published_on, o.name as provider_name,
  o.credit_code as provider_code, case when e.audience_path = '/' then v.content end as content
from catalog.entry_change c
left join catalog.entry e on e.resource_id = c.resource_id
left join identity.organ o on o.organ_id = e.provider_organ_id
left join catalog.resource_version v on v.resource_id = e.resource_id and v.version = e.version
where (e.audience_path = '/' or c.was_open)
  and not exists (select from catalog.harvested_entry h where h.resource_id = c.resource_id and h.state <> 'linked');
comment on view catalog.published_feed is '供其他节点汇聚的目录:只含各级各部门可见的本地条目与墓碑,按变更次序';
comment on column catalog.published_feed.seq is '变更次序号';
comment on column catalog.published_feed.resource_id is '资源';
comment on column catalog.published_feed.is_gone is '墓碑:已下架或不再对各级各部门可见';
comment on column catalog.published_feed.code is '信息资源代码';
comment on column catalog.published_feed.version is '现行版本';
comment on column catalog.published_feed.published_on is '现行版本发布日期';
comment on column catalog.published_feed.provider_name is '提供方名称';
comment on column catalog.published_feed.provider_code is '提供方统一社会信用代码';
comment on column catalog.published_feed.content is '现行版本的全部内容';
grant select on catalog.published_feed to sanjiang_app, sanjiang_exchange;
