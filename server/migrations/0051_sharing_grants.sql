create table sharing.grant (
  grant_id uuid not null,
  version integer not null constraint grant_version_check check (version > 0),
  request_id uuid not null constraint grant_request_fkey references sharing.request,
  resource_id uuid not null,
  resource_code text not null,
  resource_name text not null,
  provider_organ_id text not null constraint grant_provider_organ_id_fkey references identity.organ,
  consumer_organ_id text not null constraint grant_consumer_organ_id_fkey references identity.organ,
  items jsonb not null constraint grant_items_check check (jsonb_array_length(items) > 0),
  row_conditions jsonb not null,
  purpose_code text not null constraint grant_purpose_code_check check (purpose_code in
    ('administrative_basis', 'work_reference', 'data_verification', 'business_collaboration')),
  purpose_ref text not null,
  scenario text not null,
  access_mode text not null constraint grant_access_mode_check check (access_mode in ('api', 'table', 'file', 'push')),
  quota_count integer constraint grant_quota_count_check check (quota_count > 0),
  quota_period text not null constraint grant_quota_period_check check (quota_period in ('day', 'month', 'total')),
  starts_on date not null,
  ends_on date not null,
  allows_low_assurance boolean not null,
  change_reason text not null,
  issued_on date not null,
  issued_at timestamptz(3) not null,
  issued_by uuid,
  issued_by_name text not null,
  constraint grant_pkey primary key (grant_id, version),
  constraint grant_term_check check (ends_on >= starts_on)
);
comment on table sharing.grant is '数据授权:不可变,收窄即新版本,只增不改';
comment on column sharing.grant.grant_id is '授权标识:UUID v7';
comment on column sharing.grant.version is '版本:自 1 起连续';
comment on column sharing.grant.request_id is '所依据的申请';
comment on column sharing.grant.resource_id is '目录资源';
comment on column sharing.grant.resource_code is '信息资源代码';
comment on column sharing.grant.resource_name is '资源名称';
comment on column sharing.grant.provider_organ_id is '提供方机构';
comment on column sharing.grant.consumer_organ_id is '使用方机构';
comment on column sharing.grant.items is '授权的信息项与脱敏规则';
comment on column sharing.grant.row_conditions is '行条件:全部同时成立';
comment on column sharing.grant.purpose_code is '用途';
comment on column sharing.grant.purpose_ref is '履职依据';
comment on column sharing.grant.scenario is '应用场景';
comment on column sharing.grant.access_mode is '提供方式';
comment on column sharing.grant.quota_count is '调用次数:空为不限';
comment on column sharing.grant.quota_period is '次数的周期';
comment on column sharing.grant.starts_on is '有效期起';
comment on column sharing.grant.ends_on is '有效期止:当日仍有效';
comment on column sharing.grant.allows_low_assurance is '接受四头签名方式';
comment on column sharing.grant.change_reason is '本版本的缘由';
comment on column sharing.grant.issued_on is '签发业务日期';
comment on column sharing.grant.issued_at is '签发实际时刻';
comment on column sharing.grant.issued_by is '签发人:空为平台依无条件共享直接授权';
comment on column sharing.grant.issued_by_name is '签发人姓名';
create index grant_request on sharing.grant (request_id);
create index grant_consumer on sharing.grant (consumer_organ_id, grant_id desc);
create index grant_provider on sharing.grant (provider_organ_id, grant_id desc);
create index grant_resource on sharing.grant (resource_id, grant_id desc);
grant select, insert on sharing.grant to sanjiang_app;

create table sharing.grant_client (
  grant_id uuid not null,
  binding_no integer not null constraint grant_client_binding_no_check check (binding_no > 0),
  client_id uuid not null constraint grant_client_client_id_fkey references identity.client,
  bound_at timestamptz(3) not null,
  bound_by uuid,
  bound_by_name text not null,
  constraint grant_client_pkey primary key (grant_id, binding_no)
);
comment on table sharing.grant_client is '授权与应用系统的绑定:最后一次为准,只增不改';
comment on column sharing.grant_client.grant_id is '授权';
comment on column sharing.grant_client.binding_no is '次序:自 1 起连续';
comment on column sharing.grant_client.client_id is '应用系统';
comment on column sharing.grant_client.bound_at is '绑定时刻';
comment on column sharing.grant_client.bound_by is '绑定人';
comment on column sharing.grant_client.bound_by_name is '绑定人姓名';
create index grant_client_client on sharing.grant_client (client_id);
grant select, insert on sharing.grant_client to sanjiang_app;

create table sharing.grant_revocation (
  grant_id uuid constraint grant_revocation_pkey primary key,
  cause text not null constraint grant_revocation_cause_check check (cause in ('provider', 'consumer', 'superseded')),
  reason text not null,
  superseded_by uuid,
  revoked_on date not null,
  revoked_at timestamptz(3) not null,
  revoked_by uuid,
  revoked_by_name text not null,
  constraint grant_revocation_superseded_check check ((cause = 'superseded') = (superseded_by is not null))
);
comment on table sharing.grant_revocation is '授权收回:授权本身留作历史,只增不改';
comment on column sharing.grant_revocation.grant_id is '授权';
comment on column sharing.grant_revocation.cause is '缘由:提供方收回、使用方退回、被新授权替代';
comment on column sharing.grant_revocation.reason is '理由';
comment on column sharing.grant_revocation.superseded_by is '替代它的授权';
comment on column sharing.grant_revocation.revoked_on is '收回业务日期';
comment on column sharing.grant_revocation.revoked_at is '收回实际时刻';
comment on column sharing.grant_revocation.revoked_by is '收回人';
comment on column sharing.grant_revocation.revoked_by_name is '收回人姓名';
grant select, insert on sharing.grant_revocation to sanjiang_app;

create view sharing.published_grant as
select g.grant_id, g.version, case when r.grant_id is null then 'active' else 'revoked' end as status,
       g.resource_id, g.resource_code, g.provider_organ_id, g.consumer_organ_id, b.client_id, g.items, g.row_conditions,
       g.purpose_code, g.purpose_ref, g.scenario, g.access_mode, g.quota_count, g.quota_period, g.starts_on, g.ends_on,
       g.allows_low_assurance, r.revoked_at
from sharing.grant g
left join sharing.grant_revocation r on r.grant_id = g.grant_id
left join sharing.grant_client b on b.grant_id = g.grant_id and not exists (
  select from sharing.grant_client later where later.grant_id = b.grant_id and later.binding_no = b.binding_no + 1)
where not exists (select from sharing.grant later where later.grant_id = g.grant_id and later.version = g.version + 1);
comment on view sharing.published_grant is '授权现状:每个授权的最新版本、绑定与收回;是否到期由有效期与业务日期推得';
grant select on sharing.published_grant to sanjiang_app, sanjiang_gateway;
