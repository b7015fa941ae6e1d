-- The ladder of a dispute: the two departments, the e-government office, the leading group; each rung with its own clock and records.
create table sharing.ladder_step (
  step_id uuid constraint ladder_step_pkey primary key,
  request_id uuid not null constraint ladder_step_request_fkey references sharing.request,
  level text not null constraint ladder_step_level_check check (level in ('negotiation', 'office', 'group')),
  cause text not null constraint ladder_step_cause_check check (cause in ('asked', 'overdue')),
  opened_on date not null,
  opened_at timestamptz(3) not null,
  opened_by_name text not null,
  closed_on date,
  outcome text constraint ladder_step_outcome_check check (outcome in
    ('agreed', 'settled', 'raised', 'overdue', 'reconsider', 'uphold')),
  reason_code text constraint ladder_step_reason_code_check check (reason_code in
    ('basis_sufficient', 'scope_to_narrow', 'verify_instead', 'law_forbids', 'not_needed', 'held_by_other')),
  closed_by_name text,
  constraint ladder_step_closed_check check ((closed_on is null) = (outcome is null)),
  constraint ladder_step_reason_check check ((outcome in ('reconsider', 'uphold')) is not true or reason_code is not null)
);
comment on table sharing.ladder_step is '争议阶梯:部门协商、主管部门协调、领导小组裁决,一级一行';
comment on column sharing.ladder_step.step_id is '标识:UUID v7';
comment on column sharing.ladder_step.request_id is '共享申请';
comment on column sharing.ladder_step.level is '级';
comment on column sharing.ladder_step.cause is '缘由:asked 有人提请,overdue 上一级逾期自动提交';
comment on column sharing.ladder_step.opened_on is '开始业务日期:时限起算日,不计入';
comment on column sharing.ladder_step.opened_at is '开始时刻';
comment on column sharing.ladder_step.opened_by_name is '提请人:平台自动提交时为平台';
comment on column sharing.ladder_step.closed_on is '结束业务日期';
comment on column sharing.ladder_step.outcome is '结果';
comment on column sharing.ladder_step.reason_code is '结论的理由';
comment on column sharing.ladder_step.closed_by_name is '办结人';
create unique index ladder_step_open_key on sharing.ladder_step (request_id) where closed_on is null;
create index ladder_step_request on sharing.ladder_step (request_id, step_id);
grant select, insert, update (closed_on, outcome, reason_code, closed_by_name) on sharing.ladder_step to sanjiang_app;

create table sharing.ladder_meeting (
  meeting_id uuid constraint ladder_meeting_pkey primary key,
  step_id uuid not null constraint ladder_meeting_step_fkey references sharing.ladder_step,
  kind text not null constraint ladder_meeting_kind_check check (kind in ('meeting', 'opinion')),
  held_on date not null,
  participants text not null,
  document_no text not null,
  text text not null,
  written_on date not null,
  written_at timestamptz(3) not null,
  organ_id text,
  author_id uuid,
  author_name text not null
);
comment on table sharing.ladder_meeting is '会商记录:每次会议或书面意见,只增不改';
comment on column sharing.ladder_meeting.meeting_id is '标识:UUID v7';
comment on column sharing.ladder_meeting.step_id is '争议阶梯的哪一级';
comment on column sharing.ladder_meeting.kind is '种类:会议、书面意见';
comment on column sharing.ladder_meeting.held_on is '会议或意见的日期';
comment on column sharing.ladder_meeting.participants is '参加单位与人员';
comment on column sharing.ladder_meeting.document_no is '纪要或文件文号';
comment on column sharing.ladder_meeting.text is '结论要点';
comment on column sharing.ladder_meeting.written_on is '登记业务日期';
comment on column sharing.ladder_meeting.written_at is '登记时刻';
comment on column sharing.ladder_meeting.organ_id is '登记机构';
comment on column sharing.ladder_meeting.author_id is '登记人';
comment on column sharing.ladder_meeting.author_name is '登记人姓名';
create index ladder_meeting_step on sharing.ladder_meeting (step_id, meeting_id);
grant select, insert on sharing.ladder_meeting to sanjiang_app;

alter table sharing.message drop constraint message_kind_check;
alter table sharing.message add constraint message_kind_check check (kind in
  ('note', 'dispute', 'reconsider', 'escalate', 'raise', 'coordinate', 'settle'));

-- Disputes under way stand on the rung they had reached, since the day it was reached.
insert into sharing.ladder_step (step_id, request_id, level, cause, opened_on, opened_at, opened_by_name)
select m.message_id, r.request_id, case r.state when 'negotiating' then 'negotiation' else 'office' end, 'asked', m.sent_on,
       m.sent_at, m.author_name
from sharing.request r cross join lateral (
  select * from sharing.message m where m.request_id = r.request_id
    and m.kind = case r.state when 'negotiating' then 'dispute' else 'escalate' end order by m.message_id desc limit 1) m
where r.state in ('negotiating', 'coordinating');

-- What 0123 wrote without knowing of 0116 is put back.
do $$
declare kinds text;
begin
  select pg_get_constraintdef(oid) into kinds from pg_constraint
  where conname = 'todo_kind_check' and conrelid = 'inbox.todo'::regclass;
  if position('resource_conform' in kinds) = 0 then
    alter table inbox.todo drop constraint todo_kind_check;
    execute 'alter table inbox.todo add constraint todo_kind_check ' || replace(kinds, 'ARRAY[', 'ARRAY[''resource_conform''::text, ');
  end if;
end $$;
