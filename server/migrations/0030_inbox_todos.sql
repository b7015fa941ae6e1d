create schema inbox;
comment on schema inbox is '待办与通知:只由事实驱动';
grant usage on schema inbox to sanjiang_app;

create table inbox.subject (
  subject_kind text not null,
  subject_id text not null,
  position bigint not null,
  event_id uuid not null,
  constraint subject_pkey primary key (subject_kind, subject_id)
);
comment on table inbox.subject is '办到哪一步:每个对象已计入的最新事实;迟到、重复的旧事实据此不再改动待办';
comment on column inbox.subject.subject_kind is '对象种类';
comment on column inbox.subject.subject_id is '对象标识';
comment on column inbox.subject.position is '次序:对象的修订号,只增';
comment on column inbox.subject.event_id is '事实标识';
grant select, insert, update on inbox.subject to sanjiang_app;

create table inbox.todo (
  todo_id uuid constraint todo_pkey primary key,
  kind text not null constraint todo_kind_check check (kind in
    ('request_decide', 'request_reconsider', 'request_coordinate', 'correction_answer', 'resource_review',
     'resource_publish', 'resource_mend', 'feed_mend')),
  permission text not null,
  organ_id text not null constraint todo_organ_id_fkey references identity.organ,
  subject_kind text not null,
  subject_id text not null,
  title text not null,
  clock_rule text,
  clock_started_on date,
  opened_on date not null,
  opened_event_id uuid not null,
  closed_on date,
  closed_event_id uuid,
  constraint todo_opened_event_id_kind_key unique (opened_event_id, kind),
  constraint todo_clock_check check ((clock_rule is null) = (clock_started_on is null)),
  constraint todo_closed_check check ((closed_on is null) = (closed_event_id is null))
);
comment on table inbox.todo is '待办:交给某机构中有某项权限的人,不指定个人';
comment on column inbox.todo.todo_id is '待办标识:UUID v7';
comment on column inbox.todo.kind is '种类';
comment on column inbox.todo.permission is '办理所需的权限:有此权限且范围及于该机构者可见';
comment on column inbox.todo.organ_id is '承办机构';
comment on column inbox.todo.subject_kind is '对象种类';
comment on column inbox.todo.subject_id is '对象标识';
comment on column inbox.todo.title is '标题';
comment on column inbox.todo.clock_rule is '时限规则:空为无法定时限';
comment on column inbox.todo.clock_started_on is '时限起算日:不计入;到期日由规则与工作日历推得,不存';
comment on column inbox.todo.opened_on is '产生业务日期';
comment on column inbox.todo.opened_event_id is '由哪件事实产生';
comment on column inbox.todo.closed_on is '了结业务日期';
comment on column inbox.todo.closed_event_id is '由哪件事实了结';
create index todo_open on inbox.todo (permission, organ_id) where closed_on is null;
create index todo_open_subject on inbox.todo (subject_kind, subject_id) where closed_on is null;
grant select, insert, update on inbox.todo to sanjiang_app;

create table inbox.notice (
  notice_id uuid constraint notice_pkey primary key,
  event_id uuid not null,
  kind text not null constraint notice_kind_check check (kind in
    ('request_granted_at_once', 'request_decided', 'request_withdrawn', 'request_escalated', 'request_reopened',
     'request_upheld', 'request_settled', 'request_messaged', 'request_yellow', 'request_red', 'correction_answered',
     'correction_yellow', 'correction_red', 'grant_narrowed', 'grant_revoked', 'grant_returned', 'grant_affected',
     'resource_published',
     'resource_withdrawn', 'feed_drifted', 'agent_fenced')),
  permission text not null,
  organ_id text not null constraint notice_organ_id_fkey references identity.organ,
  subject_kind text not null,
  subject_id text not null,
  title text not null,
  text text not null,
  occurred_on date not null,
  occurred_at timestamptz(3) not null,
  constraint notice_event_id_permission_organ_id_key unique (event_id, permission, organ_id)
);
comment on table inbox.notice is '通知:发给某机构中有某项权限的人,只增不改';
comment on column inbox.notice.notice_id is '通知标识:UUID v7';
comment on column inbox.notice.event_id is '由哪件事实产生';
comment on column inbox.notice.kind is '种类';
comment on column inbox.notice.permission is '有此权限且范围及于该机构者可见';
comment on column inbox.notice.organ_id is '收件机构';
comment on column inbox.notice.subject_kind is '对象种类';
comment on column inbox.notice.subject_id is '对象标识';
comment on column inbox.notice.title is '标题';
comment on column inbox.notice.text is '随附文字:理由、意见、消息';
comment on column inbox.notice.occurred_on is '事实的业务日期';
comment on column inbox.notice.occurred_at is '事实的实际时刻';
create index notice_newest on inbox.notice (permission, organ_id, occurred_on desc, occurred_at desc, notice_id desc);
grant select, insert on inbox.notice to sanjiang_app;

create table inbox.notice_read (
  person_id uuid not null constraint notice_read_person_id_fkey references identity.person,
  notice_id uuid not null constraint notice_read_notice_id_fkey references inbox.notice,
  read_at timestamptz(3) not null,
  constraint notice_read_pkey primary key (person_id, notice_id)
);
comment on table inbox.notice_read is '已读:每人各记';
comment on column inbox.notice_read.person_id is '人员';
comment on column inbox.notice_read.notice_id is '通知';
comment on column inbox.notice_read.read_at is '阅读时刻';
grant select, insert on inbox.notice_read to sanjiang_app;
