create table gateway.probe (
  service_id uuid constraint probe_pkey primary key constraint probe_service_id_fkey references gateway.service,
  failures integer not null constraint probe_failures_check check (failures >= 0),
  party text not null constraint probe_party_check check (party in ('provider', 'platform')),
  message text not null,
  failing_on date,
  checked_at timestamptz(3) not null
);
comment on table gateway.probe is '接口探测:已挂接的接口服务是否连得上,连续两次连不上才算不可达';
comment on column gateway.probe.service_id is '接口服务';
comment on column gateway.probe.failures is '连续失败次数';
comment on column gateway.probe.party is '失败是谁的责任:平台未放行的网段是平台的';
comment on column gateway.probe.message is '失败说明';
comment on column gateway.probe.failing_on is '自哪个业务日期起失败:连得上为空';
comment on column gateway.probe.checked_at is '最近探测时刻';
grant select, insert, update on gateway.probe to sanjiang_app;
