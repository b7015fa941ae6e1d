create schema sharing;
comment on schema sharing is '数据共享:申请、答复、授权、纠错';
grant usage on schema sharing to sanjiang_app, sanjiang_gateway;

create sequence sharing.request_no_seq;
grant usage on sequence sharing.request_no_seq to sanjiang_app;

create table sharing.request (
  request_id uuid constraint request_pkey primary key,
  request_no text not null constraint request_no_key unique,
  state text not null constraint request_state_check check (state in
    ('draft', 'submitted', 'granted', 'partly_granted', 'refused', 'negotiating', 'coordinating', 'withdrawn')),
  resource_id uuid not null,
  resource_code text not null,
  resource_name text not null,
  provider_organ_id text not null constraint request_provider_organ_id_fkey references identity.organ,
  consumer_organ_id text not null constraint request_consumer_organ_id_fkey references identity.organ,
  purpose_code text constraint request_purpose_code_check check (purpose_code in
    ('administrative_basis', 'work_reference', 'data_verification', 'business_collaboration')),
  purpose_ref text not null,
  scenario text not null,
  access_mode text not null constraint request_access_mode_check check (access_mode in ('api', 'table', 'file', 'push')),
  client_id uuid constraint request_client_id_fkey references identity.client,
  quota_count integer constraint request_quota_count_check check (quota_count > 0),
  quota_period text not null constraint request_quota_period_check check (quota_period in ('day', 'month', 'total')),
  starts_on date,
  ends_on date,
  row_conditions jsonb not null,
  is_security_committed boolean not null,
  needs_low_assurance boolean not null,
  round integer not null,
  is_settled boolean not null,
  outcome text constraint request_outcome_check check (outcome in ('granted', 'partly_granted', 'refused')),
  revision integer not null,
  created_on date not null,
  created_by uuid,
  created_by_name text not null,
  submitted_by uuid,
  submitted_on date,
  clock_started_on date,
  clock_stopped_on date,
  decided_on date,
  constraint request_organs_check check (provider_organ_id <> consumer_organ_id),
  constraint request_term_check check (ends_on >= starts_on),
  constraint request_submitted_check check (state in ('draft', 'withdrawn') or (submitted_on is not null
    and purpose_code is not null and starts_on is not null and ends_on is not null and is_security_committed))
);
comment on table sharing.request is '共享申请:使用方向提供方申请一个资源的若干信息项';
comment on column sharing.request.request_id is '申请标识:UUID v7';
comment on column sharing.request.request_no is '申请编号:GX+日期+流水号';
comment on column sharing.request.state is '状态';
comment on column sharing.request.resource_id is '目录资源';
comment on column sharing.request.resource_code is '信息资源代码:申请时的';
comment on column sharing.request.resource_name is '资源名称:申请时的';
comment on column sharing.request.provider_organ_id is '提供方机构';
comment on column sharing.request.consumer_organ_id is '使用方机构';
comment on column sharing.request.purpose_code is '用途:行政依据、工作参考、数据校核、业务协同';
comment on column sharing.request.purpose_ref is '履职依据:事项编码或职责文字';
comment on column sharing.request.scenario is '应用场景';
comment on column sharing.request.access_mode is '提供方式';
comment on column sharing.request.client_id is '拟使用的应用系统';
comment on column sharing.request.quota_count is '申请的调用次数:空为不限';
comment on column sharing.request.quota_period is '次数的周期';
comment on column sharing.request.starts_on is '申请期限起';
comment on column sharing.request.ends_on is '申请期限止:当日仍有效';
comment on column sharing.request.row_conditions is '申请的行条件:全部同时成立';
comment on column sharing.request.is_security_committed is '已作安全承诺';
comment on column sharing.request.needs_low_assurance is '只能使用四头签名方式';
comment on column sharing.request.round is '轮次:每次重新答复加一';
comment on column sharing.request.is_settled is '争议已了结';
comment on column sharing.request.outcome is '最近一次答复的结论';
comment on column sharing.request.revision is '修订号';
comment on column sharing.request.created_on is '起草业务日期';
comment on column sharing.request.created_by is '起草人';
comment on column sharing.request.created_by_name is '起草人姓名';
comment on column sharing.request.submitted_by is '提交人';
comment on column sharing.request.submitted_on is '提交业务日期:提供方收到之日';
comment on column sharing.request.clock_started_on is '本轮答复时限起算日:不计入;空为无须答复';
comment on column sharing.request.clock_stopped_on is '本轮答复时限停止日';
comment on column sharing.request.decided_on is '最近答复业务日期';
create index request_consumer on sharing.request (consumer_organ_id, created_on desc, request_id desc);
create index request_provider on sharing.request (provider_organ_id, created_on desc, request_id desc);
create index request_newest on sharing.request (created_on desc, request_id desc);
create index request_resource on sharing.request (resource_id, state);
create index request_open on sharing.request (clock_started_on, request_id) where state = 'submitted';
grant select, insert, update on sharing.request to sanjiang_app;

create table sharing.request_item (
  request_id uuid not null constraint request_item_request_fkey references sharing.request,
  item_id uuid not null,
  seq integer not null,
  name text not null,
  name_en text not null,
  share_type text not null constraint request_item_share_type_check check (share_type in ('unconditional', 'conditional')),
  catalog_mask_rule text not null,
  mask_rule text not null,
  state text not null constraint request_item_state_check check (state in
    ('asked', 'pending', 'granted', 'refused', 'withdrawn')),
  reason_code text constraint request_item_reason_code_check check (reason_code in ('no_legal_basis', 'purpose_unclear',
    'excessive_scope', 'not_held', 'secrecy_law', 'security_insufficient', 'other')),
  reason_text text,
  grant_id uuid,
  constraint request_item_pkey primary key (request_id, item_id),
  constraint request_item_refusal_check check (state <> 'refused' or (reason_code is not null and length(reason_text) >= 10)),
  constraint request_item_grant_check check (state <> 'granted' or grant_id is not null)
);
comment on table sharing.request_item is '申请的信息项:逐项有结论;不予共享的信息项不会出现在这里';
comment on column sharing.request_item.request_id is '申请';
comment on column sharing.request_item.item_id is '信息项';
comment on column sharing.request_item.seq is '次序:目录中的';
comment on column sharing.request_item.name is '名称:申请时的';
comment on column sharing.request_item.name_en is '英文名称:申请时的';
comment on column sharing.request_item.share_type is '共享类型:提交时的';
comment on column sharing.request_item.catalog_mask_rule is '目录登记的脱敏规则';
comment on column sharing.request_item.mask_rule is '授权采用的脱敏规则:只会更严';
comment on column sharing.request_item.state is '状态';
comment on column sharing.request_item.reason_code is '不同意理由';
comment on column sharing.request_item.reason_text is '不同意说明';
comment on column sharing.request_item.grant_id is '所属授权';
grant select, insert, update, delete on sharing.request_item to sanjiang_app;

create table sharing.decision (
  decision_id uuid constraint decision_pkey primary key,
  request_id uuid not null constraint decision_request_fkey references sharing.request,
  round integer not null,
  outcome text not null constraint decision_outcome_check check (outcome in ('granted', 'partly_granted', 'refused')),
  opinion text not null,
  items jsonb not null,
  on_time boolean,
  decided_on date not null,
  decided_at timestamptz(3) not null,
  decided_by uuid,
  decided_by_name text not null,
  constraint decision_request_id_round_key unique (request_id, round)
);
comment on table sharing.decision is '答复:每轮一次,只增不改';
comment on column sharing.decision.decision_id is '答复标识';
comment on column sharing.decision.request_id is '申请';
comment on column sharing.decision.round is '轮次';
comment on column sharing.decision.outcome is '结论';
comment on column sharing.decision.opinion is '意见';
comment on column sharing.decision.items is '逐项结论与理由';
comment on column sharing.decision.on_time is '是否按期';
comment on column sharing.decision.decided_on is '答复业务日期';
comment on column sharing.decision.decided_at is '答复实际时刻';
comment on column sharing.decision.decided_by is '答复人';
comment on column sharing.decision.decided_by_name is '答复人姓名';
grant select, insert on sharing.decision to sanjiang_app;

create table sharing.message (
  message_id uuid constraint message_pkey primary key,
  request_id uuid not null constraint message_request_fkey references sharing.request,
  kind text not null constraint message_kind_check check (kind in
    ('note', 'dispute', 'reconsider', 'escalate', 'coordinate', 'settle')),
  organ_id text,
  author_id uuid,
  author_name text not null,
  text text not null,
  sent_on date not null,
  sent_at timestamptz(3) not null
);
comment on table sharing.message is '沟通记录:申请双方与主管部门的往来,只增不改';
comment on column sharing.message.message_id is '记录标识:UUID v7';
comment on column sharing.message.request_id is '申请';
comment on column sharing.message.kind is '种类';
comment on column sharing.message.organ_id is '发言机构';
comment on column sharing.message.author_id is '发言人';
comment on column sharing.message.author_name is '发言人姓名';
comment on column sharing.message.text is '内容';
comment on column sharing.message.sent_on is '业务日期';
comment on column sharing.message.sent_at is '实际时刻';
create index message_request on sharing.message (request_id, message_id);
grant select, insert on sharing.message to sanjiang_app;

create table sharing.mark (
  subject_kind text not null constraint mark_subject_kind_check check (subject_kind in ('request', 'correction')),
  subject_id uuid not null,
  round integer not null,
  mark text not null constraint mark_mark_check check (mark in ('yellow', 'red')),
  crossed_on date not null,
  recorded_at timestamptz(3) not null,
  constraint mark_pkey primary key (subject_kind, subject_id, round, mark)
);
comment on table sharing.mark is '亮牌:越过黄线、红线的事实,每轮各一次,只增不改';
comment on column sharing.mark.subject_kind is '对象种类';
comment on column sharing.mark.subject_id is '对象标识';
comment on column sharing.mark.round is '轮次';
comment on column sharing.mark.mark is '黄牌或红牌';
comment on column sharing.mark.crossed_on is '越线业务日期:按时限推算,与任务何时运行无关';
comment on column sharing.mark.recorded_at is '记录时刻';
grant select, insert on sharing.mark to sanjiang_app;
