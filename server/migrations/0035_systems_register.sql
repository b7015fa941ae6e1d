create schema systems;
comment on schema systems is '信息系统台账';
grant usage on schema systems to sanjiang_app;

create table systems.system (
  system_id uuid constraint system_pkey primary key,
  organ_id text not null constraint system_organ_id_fkey references identity.organ,
  name text not null,
  function_desc text not null,
  usage_scope text not null constraint system_usage_scope_check check (usage_scope in ('nation', 'province', 'organ', 'office')),
  usage_frequency text not null constraint system_usage_frequency_check check (usage_frequency in
    ('daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'rarely')),
  approval_org text,
  approved_on date,
  fund_source text,
  is_on_cloud boolean not null,
  version integer not null,
  registered_on date not null,
  changed_at timestamptz(3) not null,
  constraint system_organ_id_name_key unique (organ_id, name)
);
comment on table systems.system is '信息系统:自查要素的最小集(青发改高技〔2017〕599号 任务一)';
comment on column systems.system.system_id is '系统标识:UUID v7,按登记先后';
comment on column systems.system.organ_id is '所属机构';
comment on column systems.system.name is '名称:同一机构内不重复';
comment on column systems.system.function_desc is '功能';
comment on column systems.system.usage_scope is '使用范围';
comment on column systems.system.usage_frequency is '使用频度';
comment on column systems.system.approval_org is '审批部门';
comment on column systems.system.approved_on is '审批日期';
comment on column systems.system.fund_source is '经费来源';
comment on column systems.system.is_on_cloud is '是否已上云';
comment on column systems.system.version is '版本:每次变更加一';
comment on column systems.system.registered_on is '登记业务日期';
comment on column systems.system.changed_at is '最近变更时刻';
grant select, insert, update on systems.system to sanjiang_app;

create view systems.published_system as select system_id, organ_id, name from systems.system;
comment on view systems.published_system is '信息系统:供其他模块引用';
grant select on systems.published_system to sanjiang_app;
comment on column systems.published_system.system_id is '系统标识';
comment on column systems.published_system.organ_id is '所属机构';
comment on column systems.published_system.name is '名称';
