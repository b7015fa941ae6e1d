-- What a citizen brought, as a matter: assigned, moderated, answered within a promise, answered again once if it did not do.
create table opendata.inquiry (
  inquiry_id uuid constraint inquiry_pkey primary key,
  number text not null constraint inquiry_number_key unique constraint inquiry_number_fkey references opendata.intake,
  kind text not null constraint inquiry_kind_check check (kind in ('question', 'correction', 'wish', 'showcase')),
  state text not null constraint inquiry_state_check check (state in ('waiting', 'answered', 'refused')),
  organ_id text constraint inquiry_organ_id_fkey references identity.organ,
  dataset_slug text,
  dataset_title text,
  title text not null,
  text text not null,
  detail jsonb not null,
  identifiers jsonb not null,
  supplements jsonb not null default '[]',
  timeline jsonb not null default '[]',
  visibility text not null constraint inquiry_visibility_check check (visibility in ('pending', 'public', 'private')),
  published_title text,
  published_text text,
  moderated_on date,
  moderated_by_name text,
  round integer not null constraint inquiry_round_check check (round in (1, 2)),
  received_on date not null,
  clock_started_on date not null,
  refusal_reason text constraint inquiry_refusal_reason_check check (refusal_reason in ('abuse', 'duplicate', 'unclear', 'elsewhere', 'secret')),
  refusal_text text,
  refusal_by uuid,
  refusal_by_name text,
  closed_on date,
  told_round integer not null default 0,
  revision integer not null,
  constraint inquiry_published_check check ((visibility = 'public') = (published_title is not null and published_text is not null)),
  constraint inquiry_refused_check check (state <> 'refused' or (refusal_reason is not null and length(refusal_text) >= 10)),
  constraint inquiry_closed_check check ((state = 'waiting') = (closed_on is null))
);
comment on table opendata.inquiry is '公众来件办理:提问、纠错、未开放数据需求、应用登记,规则相同,各有自己的内容';
comment on column opendata.inquiry.inquiry_id is '标识:UUID v7';
comment on column opendata.inquiry.number is '编号:来件人持有';
comment on column opendata.inquiry.kind is '种类:question 提问,correction 纠错,wish 未开放数据需求,showcase 应用登记';
comment on column opendata.inquiry.state is '状态:waiting 办理中,answered 已答复,refused 不予受理';
comment on column opendata.inquiry.organ_id is '办理部门:未分办为空';
comment on column opendata.inquiry.dataset_slug is '所说的数据集';
comment on column opendata.inquiry.dataset_title is '数据集名称:收到时的';
comment on column opendata.inquiry.title is '标题:原文';
comment on column opendata.inquiry.text is '内容:原文';
comment on column opendata.inquiry.detail is '各种类自己的内容:纠错的字段与行、需求的用途、应用的网址与数据集';
comment on column opendata.inquiry.identifiers is '原文中发现的个人号码:已遮盖';
comment on column opendata.inquiry.supplements is '来件人后来补充的:[{on, text}]';
comment on column opendata.inquiry.timeline is '经过:[{on, title, text}],公开的';
comment on column opendata.inquiry.visibility is '公开与否:pending 待审看,public 公开,private 只答复本人';
comment on column opendata.inquiry.published_title is '公开的标题:不公开为空';
comment on column opendata.inquiry.published_text is '公开的文字:不公开为空';
comment on column opendata.inquiry.moderated_on is '审看日期:未审看为空';
comment on column opendata.inquiry.moderated_by_name is '审看人姓名';
comment on column opendata.inquiry.round is '轮次:来件人可申请重新办理一次';
comment on column opendata.inquiry.received_on is '收到日期';
comment on column opendata.inquiry.clock_started_on is '本轮时限起算日';
comment on column opendata.inquiry.refusal_reason is '不予受理的理由:提请或确认时填';
comment on column opendata.inquiry.refusal_text is '不予受理的说明';
comment on column opendata.inquiry.refusal_by is '提请人:被问的部门不能自己确认';
comment on column opendata.inquiry.refusal_by_name is '提请人姓名';
comment on column opendata.inquiry.closed_on is '本轮办结日期:办理中为空';
comment on column opendata.inquiry.told_round is '已提醒逾期的轮次';
comment on column opendata.inquiry.revision is '修订号';
create index inquiry_waiting on opendata.inquiry (clock_started_on, inquiry_id) where state = 'waiting';
create index inquiry_newest on opendata.inquiry (received_on desc, inquiry_id desc);
create index inquiry_organ on opendata.inquiry (organ_id);
grant select, insert, update on opendata.inquiry to sanjiang_app;

create table opendata.inquiry_answer (
  inquiry_id uuid not null constraint inquiry_answer_inquiry_id_fkey references opendata.inquiry,
  round integer not null,
  outcome text not null constraint inquiry_answer_outcome_check check (outcome in ('answered', 'true_fixed', 'not_true', 'cannot_verify',
    'will_open', 'already_open', 'cannot_open', 'not_held', 'approved', 'declined')),
  text text not null constraint inquiry_answer_text_check check (length(text) >= 5),
  planned_on date,
  opened_slug text,
  answered_on date not null,
  answered_by uuid not null,
  answered_by_name text not null,
  organ_name text not null,
  constraint inquiry_answer_pkey primary key (inquiry_id, round)
);
comment on table opendata.inquiry_answer is '来件的答复:一轮一次,只增不改';
comment on column opendata.inquiry_answer.inquiry_id is '来件';
comment on column opendata.inquiry_answer.round is '轮次';
comment on column opendata.inquiry_answer.outcome is '结论';
comment on column opendata.inquiry_answer.text is '答复';
comment on column opendata.inquiry_answer.planned_on is '计划开放日期:需求答复为计划开放时填';
comment on column opendata.inquiry_answer.opened_slug is '已开放的数据集:需求答复为已经开放时填';
comment on column opendata.inquiry_answer.answered_on is '答复日期';
comment on column opendata.inquiry_answer.answered_by is '答复人';
comment on column opendata.inquiry_answer.answered_by_name is '答复人姓名';
comment on column opendata.inquiry_answer.organ_name is '答复部门';
grant select, insert on opendata.inquiry_answer to sanjiang_app;
