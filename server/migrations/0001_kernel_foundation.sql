-- Roles own nothing; a migration grants each table what its rows may suffer. Append-only tables get insert and select.
do $$
begin
  if not exists (select from pg_roles where rolname = 'sanjiang_app') then create role sanjiang_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'sanjiang_gateway') then create role sanjiang_gateway nologin; end if;
  if not exists (select from pg_roles where rolname = 'sanjiang_exchange') then create role sanjiang_exchange nologin; end if;
exception when duplicate_object or unique_violation then null; -- another database of the same cluster was first
end $$;
grant sanjiang_app, sanjiang_gateway, sanjiang_exchange to current_user;

create schema kernel;
comment on schema kernel is '平台基座:事实、设置';
grant usage on schema kernel to sanjiang_app, sanjiang_gateway;

create table kernel.event (
  event_id uuid constraint event_pkey primary key,
  type text not null,
  subject_kind text not null,
  subject_id text not null,
  organ_id text,
  actor_person_id uuid,
  actor_name text not null,
  occurred_on date not null,
  occurred_at timestamptz(3) not null,
  before jsonb,
  after jsonb,
  trace text not null
);
comment on table kernel.event is '事实:平台上发生过的每一件事,只增不改';
comment on column kernel.event.event_id is '事实标识:UUID v7';
comment on column kernel.event.type is '事实类型:module.noun.verbed';
comment on column kernel.event.subject_kind is '对象种类:module.noun';
comment on column kernel.event.subject_id is '对象标识';
comment on column kernel.event.organ_id is '所属机构';
comment on column kernel.event.actor_person_id is '行为人:空为平台自身';
comment on column kernel.event.actor_name is '行为人姓名:当时的称谓';
comment on column kernel.event.occurred_on is '业务日期';
comment on column kernel.event.occurred_at is '实际时刻';
comment on column kernel.event.before is '变更前';
comment on column kernel.event.after is '变更后';
comment on column kernel.event.trace is '追踪号:与日志对应';
create index event_subject on kernel.event (subject_kind, subject_id, event_id);
create index event_type_day on kernel.event (type, occurred_on);
grant select, insert on kernel.event to sanjiang_app;

create table kernel.setting (
  name text constraint setting_pkey primary key,
  value jsonb not null
);
comment on table kernel.setting is '平台设置:运行中可变的少数几项';
comment on column kernel.setting.name is '名称';
comment on column kernel.setting.value is '值';
grant select, insert, update on kernel.setting to sanjiang_app;
grant select on kernel.setting to sanjiang_gateway;

create table kernel.policy (
  policy_key boolean constraint policy_pkey primary key default true constraint policy_one_row_check check (policy_key),
  version bigint not null
);
comment on table kernel.policy is '策略版本:授权、应用系统、接口服务的任何变动都使它加一';
comment on column kernel.policy.policy_key is '恒真:只有一行';
comment on column kernel.policy.version is '版本号:存证落库时带回,网关据此发现自己的快照已旧';
insert into kernel.policy (version) values (1);
grant select, update on kernel.policy to sanjiang_app;
grant select on kernel.policy to sanjiang_gateway;
