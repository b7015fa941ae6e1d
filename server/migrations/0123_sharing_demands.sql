-- Supply and demand: what an organ needs, what might supply it, who has to compile what nobody supplies, and what came of it.
create sequence sharing.demand_no_seq;
grant usage on sequence sharing.demand_no_seq to sanjiang_app;

create table sharing.demand (
  demand_id uuid constraint demand_pkey primary key,
  demand_no text not null constraint demand_no_key unique,
  organ_id text not null constraint demand_organ_id_fkey references identity.organ,
  name text not null,
  name_key text not null,
  description text not null,
  items text[] not null,
  purpose_code text not null constraint demand_purpose_code_check check (purpose_code in
    ('administrative_basis', 'work_reference', 'data_verification', 'business_collaboration')),
  purpose_ref text not null,
  inner_unit text not null,
  supplier_organ_id text constraint demand_supplier_organ_id_fkey references identity.organ,
  supplier_text text not null,
  access_mode text not null constraint demand_access_mode_check check (access_mode in ('api', 'table', 'file', 'push')),
  frequency text not null constraint demand_frequency_check check (frequency in
    ('realtime', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'occasional')),
  urgency text not null constraint demand_urgency_check check (urgency in ('normal', 'urgent', 'critical')),
  wanted_on date not null,
  is_obtained boolean not null,
  filed_on date not null,
  filed_at timestamptz(3) not null,
  filed_by uuid,
  filed_by_name text not null,
  withdrawn_on date,
  withdraw_code text constraint demand_withdraw_code_check check (withdraw_code in ('met_elsewhere', 'not_needed', 'repeated')),
  withdraw_text text,
  constraint demand_withdrawn_check check ((withdrawn_on is null) = (withdraw_code is null))
);
comment on table sharing.demand is '需求:一个部门需要而还没有的信息;办到哪一步由各环节的记录推得,不在此存';
comment on column sharing.demand.demand_id is '需求标识:UUID v7';
comment on column sharing.demand.demand_no is '需求编号:XQ+日期+流水号';
comment on column sharing.demand.organ_id is '需求方机构';
comment on column sharing.demand.name is '所需信息资源名称';
comment on column sharing.demand.name_key is '查重用的名称:去空白标点';
comment on column sharing.demand.description is '资源描述';
comment on column sharing.demand.items is '所需信息项:名称或数据元';
comment on column sharing.demand.purpose_code is '用途';
comment on column sharing.demand.purpose_ref is '事项编码或职责依据';
comment on column sharing.demand.inner_unit is '所需内设机构';
comment on column sharing.demand.supplier_organ_id is '预计提供方:不知道则空';
comment on column sharing.demand.supplier_text is '预计提供方:清单原文';
comment on column sharing.demand.access_mode is '建议获取方式';
comment on column sharing.demand.frequency is '期望使用频率';
comment on column sharing.demand.urgency is '紧急程度';
comment on column sharing.demand.wanted_on is '希望何时得到';
comment on column sharing.demand.is_obtained is '是否已通过其他途径获取';
comment on column sharing.demand.filed_on is '提出业务日期';
comment on column sharing.demand.filed_at is '提出时刻';
comment on column sharing.demand.filed_by is '提出人';
comment on column sharing.demand.filed_by_name is '提出人姓名';
comment on column sharing.demand.withdrawn_on is '撤回业务日期';
comment on column sharing.demand.withdraw_code is '撤回理由';
comment on column sharing.demand.withdraw_text is '撤回说明';
create unique index demand_open_key on sharing.demand (organ_id, name_key) where withdrawn_on is null;
create index demand_newest on sharing.demand (filed_on desc, demand_id desc);
grant select, insert, update on sharing.demand to sanjiang_app;

create table sharing.demand_candidate (
  demand_id uuid not null constraint demand_candidate_demand_fkey references sharing.demand,
  resource_id uuid not null,
  score numeric(4, 3) not null,
  reasons jsonb not null,
  found_on date not null,
  dismissed_on date,
  dismiss_text text,
  dismissed_by_name text,
  constraint demand_candidate_pkey primary key (demand_id, resource_id),
  constraint demand_candidate_dismissed_check check ((dismissed_on is null) = (dismiss_text is null))
);
comment on table sharing.demand_candidate is '候选:自动匹配到的目录资源,目录变化时重新匹配';
comment on column sharing.demand_candidate.demand_id is '需求';
comment on column sharing.demand_candidate.resource_id is '目录资源';
comment on column sharing.demand_candidate.score is '相符程度:0 至 1';
comment on column sharing.demand_candidate.reasons is '为何相符';
comment on column sharing.demand_candidate.found_on is '首次匹配到的业务日期';
comment on column sharing.demand_candidate.dismissed_on is '需求方认为不符的业务日期';
comment on column sharing.demand_candidate.dismiss_text is '为何不符';
comment on column sharing.demand_candidate.dismissed_by_name is '认为不符的人';
grant select, insert, update, delete on sharing.demand_candidate to sanjiang_app;

create table sharing.demand_request (
  demand_id uuid not null constraint demand_request_demand_fkey references sharing.demand,
  request_id uuid not null constraint demand_request_request_fkey references sharing.request,
  picked_on date not null,
  picked_by uuid,
  picked_by_name text not null,
  constraint demand_request_pkey primary key (request_id)
);
comment on table sharing.demand_request is '选定:为需求提出的共享申请,只增不改';
comment on column sharing.demand_request.demand_id is '需求';
comment on column sharing.demand_request.request_id is '共享申请:只为一个需求';
comment on column sharing.demand_request.picked_on is '选定业务日期';
comment on column sharing.demand_request.picked_by is '选定人';
comment on column sharing.demand_request.picked_by_name is '选定人姓名';
create index demand_request_demand on sharing.demand_request (demand_id);
grant select, insert on sharing.demand_request to sanjiang_app;

create table sharing.demand_effect (
  effect_id uuid constraint demand_effect_pkey primary key,
  demand_id uuid not null constraint demand_effect_demand_fkey references sharing.demand,
  kind text not null constraint demand_effect_kind_check check (kind in ('materials_spared', 'checks_made', 'visits_spared',
    'days_saved', 'cases_handled', 'frauds_found', 'other')),
  figure numeric(14, 2) not null constraint demand_effect_figure_check check (figure >= 0),
  text text not null,
  from_on date not null,
  until_on date not null,
  stated_on date not null,
  stated_at timestamptz(3) not null,
  stated_by uuid,
  stated_by_name text not null,
  constraint demand_effect_period_check check (until_on >= from_on)
);
comment on table sharing.demand_effect is '成效:数据用起来后取得了什么,只增不改';
comment on column sharing.demand_effect.effect_id is '成效标识:UUID v7';
comment on column sharing.demand_effect.demand_id is '需求';
comment on column sharing.demand_effect.kind is '种类';
comment on column sharing.demand_effect.figure is '数量:单位随种类';
comment on column sharing.demand_effect.text is '说明';
comment on column sharing.demand_effect.from_on is '统计期起';
comment on column sharing.demand_effect.until_on is '统计期止';
comment on column sharing.demand_effect.stated_on is '填报业务日期';
comment on column sharing.demand_effect.stated_at is '填报时刻';
comment on column sharing.demand_effect.stated_by is '填报人';
comment on column sharing.demand_effect.stated_by_name is '填报人姓名';
create index demand_effect_demand on sharing.demand_effect (demand_id);
grant select, insert on sharing.demand_effect to sanjiang_app;

create table sharing.duty (
  duty_id uuid constraint duty_pkey primary key,
  demand_id uuid not null constraint duty_demand_fkey references sharing.demand,
  organ_id text not null constraint duty_organ_id_fkey references identity.organ,
  state text not null constraint duty_state_check check (state in ('assigned', 'accepted', 'refused', 'released')),
  round integer not null constraint duty_round_check check (round > 0),
  note text not null,
  assigned_on date not null,
  assigned_by uuid,
  assigned_by_name text not null,
  clock_started_on date not null,
  clock_stopped_on date,
  accepted_on date,
  resource_id uuid,
  refusals integer not null constraint duty_refusals_check check (refusals >= 0),
  revision integer not null,
  constraint duty_accepted_check check ((state = 'accepted') = (accepted_on is not null)),
  constraint duty_resource_check check (resource_id is null or state = 'accepted')
);
comment on table sharing.duty is '责任清单:没有提供方的需求,定一个部门限期编目或说明理由';
comment on column sharing.duty.duty_id is '责任标识:UUID v7';
comment on column sharing.duty.demand_id is '需求';
comment on column sharing.duty.organ_id is '责任部门';
comment on column sharing.duty.state is '状态:是否已编成由所挂条目是否发布推得';
comment on column sharing.duty.round is '轮次:维持责任后重新答复加一';
comment on column sharing.duty.note is '交办说明';
comment on column sharing.duty.assigned_on is '交办业务日期';
comment on column sharing.duty.assigned_by is '交办人';
comment on column sharing.duty.assigned_by_name is '交办人姓名';
comment on column sharing.duty.clock_started_on is '本轮答复时限起算日:不计入';
comment on column sharing.duty.clock_stopped_on is '本轮答复时限停止日';
comment on column sharing.duty.accepted_on is '认领业务日期:编目时限自此起算';
comment on column sharing.duty.resource_id is '为此编制的目录条目';
comment on column sharing.duty.refusals is '异议次数';
comment on column sharing.duty.revision is '修订号';
create unique index duty_open_key on sharing.duty (demand_id) where state <> 'released';
create index duty_organ on sharing.duty (organ_id, state);
grant select, insert, update on sharing.duty to sanjiang_app;

create table sharing.duty_word (
  word_id uuid constraint duty_word_pkey primary key,
  duty_id uuid not null constraint duty_word_duty_fkey references sharing.duty,
  kind text not null constraint duty_word_kind_check check (kind in ('assign', 'accept', 'refuse', 'reassert', 'transfer', 'release')),
  reason_code text constraint duty_word_reason_code_check check (reason_code in
    ('not_held', 'not_our_duty', 'withheld_by_law', 'held_by_other', 'secrecy_law')),
  basis_title text,
  basis_clause text,
  text text not null,
  said_on date not null,
  said_at timestamptz(3) not null,
  organ_id text,
  author_id uuid,
  author_name text not null,
  constraint duty_word_refusal_check check (kind <> 'refuse' or
    (reason_code is not null and length(text) >= 10 and basis_title is not null and basis_clause is not null))
);
comment on table sharing.duty_word is '责任往来:交办、认领、异议、协调,只增不改';
comment on column sharing.duty_word.word_id is '记录标识:UUID v7';
comment on column sharing.duty_word.duty_id is '责任';
comment on column sharing.duty_word.kind is '种类';
comment on column sharing.duty_word.reason_code is '异议理由';
comment on column sharing.duty_word.basis_title is '依据:法律法规或三定规定名称';
comment on column sharing.duty_word.basis_clause is '依据:条款';
comment on column sharing.duty_word.text is '说明';
comment on column sharing.duty_word.said_on is '业务日期';
comment on column sharing.duty_word.said_at is '实际时刻';
comment on column sharing.duty_word.organ_id is '发言机构';
comment on column sharing.duty_word.author_id is '发言人';
comment on column sharing.duty_word.author_name is '发言人姓名';
create index duty_word_duty on sharing.duty_word (duty_id, word_id);
grant select, insert on sharing.duty_word to sanjiang_app;

create table sharing.grant_use (
  grant_id uuid constraint grant_use_pkey primary key,
  connected_on date,
  first_used_on date,
  last_used_on date,
  source text not null constraint grant_use_source_check check (source in ('observed', 'imported')),
  constraint grant_use_order_check check (last_used_on >= first_used_on)
);
comment on table sharing.grant_use is '授权的使用:由绑定、订阅、存证账本与交付观察得到的业务日期,只会更新,不由人填';
comment on column sharing.grant_use.grant_id is '授权';
comment on column sharing.grant_use.connected_on is '接通业务日期:绑定应用系统或建立订阅';
comment on column sharing.grant_use.first_used_on is '首次使用业务日期';
comment on column sharing.grant_use.last_used_on is '最近使用业务日期';
comment on column sharing.grant_use.source is '来源:observed 平台观察,imported 随历史载入';
grant select, insert, update on sharing.grant_use to sanjiang_app;

alter table sharing.mark drop constraint mark_subject_kind_check;
alter table sharing.mark add constraint mark_subject_kind_check check (subject_kind in
  ('request', 'correction', 'duty', 'compile', 'ladder'));

-- Each stage is a record of its own; the furthest one reached is the demand's. It falls back only when that record is revoked.
create view sharing.demand_progress as
select p.*, case
    when p.withdrawn_on is not null then 'withdrawn'
    when p.effect_on is not null then 'effect'
    when p.used_on is not null then 'used'
    when p.connected_on is not null then 'connected'
    when p.granted_on is not null then 'granted'
    when p.requested_on is not null then 'requested'
    when p.picked_on is not null then 'picked'
    when p.matched_on is not null then 'matched'
    when p.assigned_on is not null then 'assigned'
    else 'filed' end as stage
from (
  select d.demand_id, d.withdrawn_on, u.duty_id, u.organ_id as duty_organ_id, u.state as duty_state, u.assigned_on,
         c.matched_on, r.picked_on, r.requested_on, g.granted_on, coalesce(g.connected_on, g.used_on) as connected_on, g.used_on,
         g.last_used_on, e.effect_on, r.refusals + coalesce(w.refusals, 0) as refusals, r.open_state
  from sharing.demand d
  left join sharing.duty u on u.demand_id = d.demand_id and u.state <> 'released'
  left join lateral (select sum(refusals)::integer as refusals from sharing.duty where demand_id = d.demand_id) w on true
  left join lateral (select min(found_on) as matched_on from sharing.demand_candidate
    where demand_id = d.demand_id and dismissed_on is null) c on true
  left join lateral (
    select min(l.picked_on) as picked_on, min(q.submitted_on) filter (where q.state <> 'withdrawn') as requested_on,
           count(k.decision_id)::integer as refusals, (array_agg(q.state order by l.request_id desc))[1] as open_state
    from sharing.demand_request l join sharing.request q using (request_id)
    left join sharing.decision k on k.request_id = q.request_id and k.outcome = 'refused'
    where l.demand_id = d.demand_id) r on true
  left join lateral (
    select min(s.issued_on) as granted_on, min(o.connected_on) as connected_on, min(o.first_used_on) as used_on,
           max(o.last_used_on) as last_used_on
    from sharing.demand_request l join sharing.grant s on s.request_id = l.request_id and s.version = 1
    left join sharing.grant_use o on o.grant_id = s.grant_id
    where l.demand_id = d.demand_id and exists (
      select from sharing.grant n left join sharing.grant_revocation v on v.grant_id = n.grant_id
      where n.request_id = l.request_id and n.version = 1 and v.grant_id is null)) g on true
  left join lateral (select min(stated_on) as effect_on from sharing.demand_effect where demand_id = d.demand_id) e on true) p;
comment on view sharing.demand_progress is '需求办到哪一步:逐环节取自各自的记录';
grant select on sharing.demand_progress to sanjiang_app;

create view sharing.published_demand as
select d.demand_id, d.demand_no, d.organ_id, o.path as organ_path, d.supplier_organ_id, d.urgency, d.filed_on,
       date_trunc('month', d.filed_on)::date as month, p.stage, p.duty_organ_id, p.duty_state, p.refusals,
       p.granted_on, p.connected_on, p.used_on, p.effect_on, d.withdrawn_on
from sharing.demand d join sharing.demand_progress p using (demand_id) join identity.organ o on o.organ_id = d.organ_id;
comment on view sharing.published_demand is '需求现状:供统计按机构、环节、月份计数';
grant select on sharing.published_demand to sanjiang_app;

alter table inbox.todo drop constraint todo_kind_check;
alter table inbox.todo add constraint todo_kind_check check (kind in
  ('request_decide', 'request_reconsider', 'request_coordinate', 'correction_answer', 'resource_review',
   'resource_publish', 'resource_mend', 'feed_mend', 'reject_mend', 'duty_answer', 'duty_coordinate'));
alter table inbox.notice drop constraint notice_kind_check;
alter table inbox.notice add constraint notice_kind_check check (kind in
  ('request_granted_at_once', 'request_decided', 'request_withdrawn', 'request_escalated', 'request_reopened',
   'request_upheld', 'request_settled', 'request_messaged', 'request_yellow', 'request_red', 'correction_answered',
   'correction_yellow', 'correction_red', 'grant_narrowed', 'grant_revoked', 'grant_returned', 'grant_affected',
   'resource_published', 'resource_withdrawn', 'feed_drifted', 'feed_outdated', 'run_failed', 'agent_fenced',
   'demand_matched', 'duty_answered', 'duty_yellow', 'duty_red', 'ladder_raised', 'ladder_red'));
