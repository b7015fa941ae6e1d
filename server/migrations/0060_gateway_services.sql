create schema gateway;
comment on schema gateway is '接口网关:挂接的服务、配额租用';
grant usage on schema gateway to sanjiang_app, sanjiang_gateway;

create table gateway.service (
  service_id uuid constraint service_pkey primary key,
  resource_id uuid not null,
  provider_organ_id text not null,
  provider_path text not null,
  sid text not null constraint service_sid_key unique,
  version integer not null,
  state text not null constraint service_state_check check (state in ('attached', 'detached')),
  body_kind text not null constraint service_body_kind_check check (body_kind in ('json', 'passthrough')),
  method text not null constraint service_method_check check (method in ('GET', 'POST')),
  url text not null,
  parameters jsonb not null,
  rows_pointer text not null,
  fields jsonb not null,
  ok_rule jsonb,
  timeout_ms integer not null,
  max_bytes integer not null,
  concurrency integer not null,
  attached_at timestamptz(3) not null
);
comment on table gateway.service is '接口服务:提供方的 HTTP 服务如何回答一个目录资源';
comment on column gateway.service.service_id is '服务标识';
comment on column gateway.service.resource_id is '目录资源';
comment on column gateway.service.provider_organ_id is '提供方机构';
comment on column gateway.service.provider_path is '提供方机构路径:权限范围用';
comment on column gateway.service.sid is '服务编号:四头签名方案的 sid,s_提供方_序号';
comment on column gateway.service.version is '版本:每次变更加一';
comment on column gateway.service.state is '状态';
comment on column gateway.service.body_kind is '内容方式:json 逐项裁剪,passthrough 原样';
comment on column gateway.service.method is '对提供方的请求方法';
comment on column gateway.service.url is '提供方地址:花括号为路径参数';
comment on column gateway.service.parameters is '参数';
comment on column gateway.service.rows_pointer is '记录所在:JSON Pointer';
comment on column gateway.service.fields is '信息项与返回字段的对应';
comment on column gateway.service.ok_rule is '成功判据:识别带错误的 200';
comment on column gateway.service.timeout_ms is '超时(毫秒)';
comment on column gateway.service.max_bytes is '返回上限(字节)';
comment on column gateway.service.concurrency is '并发上限:单个提供方的舱壁';
comment on column gateway.service.attached_at is '挂接时刻';
create unique index service_resource_attached_key on gateway.service (resource_id) where state = 'attached';
create index service_provider on gateway.service (provider_path text_pattern_ops);
grant select, insert, update on gateway.service to sanjiang_app;
grant select on gateway.service to sanjiang_gateway;

create sequence gateway.sid_seq;
grant usage on sequence gateway.sid_seq to sanjiang_app;

create table gateway.quota (
  grant_id uuid not null,
  period text not null,
  leased integer not null constraint quota_leased_check check (leased >= 0),
  constraint quota_pkey primary key (grant_id, period)
);
comment on table gateway.quota is '配额租用:各网关进程成批领取,只会少用,不会超用';
comment on column gateway.quota.grant_id is '授权';
comment on column gateway.quota.period is '周期:YYYY-MM-DD、YYYY-MM 或 total';
comment on column gateway.quota.leased is '已领取次数';
grant select, insert, update on gateway.quota to sanjiang_gateway;
grant select on gateway.quota to sanjiang_app;

-- Counted from the ledger by a reader at an offset per log, so every receipt counts once and the figures can be made anew.
create table gateway.call_reader (
  log_id uuid constraint call_reader_pkey primary key,
  next_seq bigint not null constraint call_reader_next_seq_check check (next_seq >= 0)
);
comment on table gateway.call_reader is '调用统计读到每本日志的哪里';
comment on column gateway.call_reader.log_id is '日志';
comment on column gateway.call_reader.next_seq is '下一个要读的序号';
grant select, insert, update on gateway.call_reader to sanjiang_app;

create table gateway.call_day (
  resource_code text not null,
  day date not null,
  outcome text not null constraint call_day_outcome_check check (outcome in ('answered', 'refused', 'failed', 'voided')),
  calls integer not null constraint call_day_calls_check check (calls > 0),
  constraint call_day_pkey primary key (resource_code, day, outcome)
);
comment on table gateway.call_day is '每日调用次数:由存证账本推得,可以重算';
comment on column gateway.call_day.resource_code is '资源代码';
comment on column gateway.call_day.day is '日期:实际时刻的北京时间日';
comment on column gateway.call_day.outcome is '结果';
comment on column gateway.call_day.calls is '次数';
grant select, insert, update on gateway.call_day to sanjiang_app;
