create table catalog.resource (
  resource_id uuid constraint resource_pkey primary key,
  external_key text constraint resource_external_key_key unique,
  code text constraint resource_code_key unique constraint resource_code_check check (code ~ '^[123]\d{5}[0-9A-Z]*/\d{6}$'),
  provider_organ_id text not null constraint resource_provider_organ_id_fkey references identity.organ,
  state text not null constraint resource_state_check check (state in
    ('draft', 'dept_review', 'platform_review', 'published', 'withdrawn')),
  revision integer not null,
  name text not null,
  name_key text not null,
  class_code text,
  share_type text,
  item_count integer not null,
  draft jsonb,
  standard_id text not null,
  standard_version integer not null,
  last_version integer not null,
  published_version integer,
  editors uuid[] not null,
  compiled_on date not null,
  compiled_by uuid,
  compiled_by_name text not null,
  submitted_on date,
  submitted_by uuid,
  submitted_by_name text,
  reviewed_on date,
  reviewed_by uuid,
  reviewed_by_name text,
  return_reason text,
  returned_by_name text,
  published_on date,
  withdrawn_on date,
  withdraw_reason text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  constraint resource_standard_fkey foreign key (standard_id, standard_version) references catalog.standard,
  constraint resource_draft_check check ((draft is not null) = (state in ('draft', 'dept_review', 'platform_review'))),
  constraint resource_published_check check (state <> 'published' or published_version is not null),
  constraint resource_withdrawn_check check (state <> 'withdrawn' or published_version is null),
  constraint resource_coded_check check ((code is not null) = (last_version > 0))
);
comment on table catalog.resource is '目录条目:身份、流程状态与编制中的版本;已发布的内容在 resource_version 与 entry';
comment on column catalog.resource.resource_id is '资源标识:UUID v7';
comment on column catalog.resource.external_key is '外部键:批量装入时据此续装、不重复';
comment on column catalog.resource.code is '信息资源代码:平台审核通过时赋,不改、不复用';
comment on column catalog.resource.provider_organ_id is '提供方';
comment on column catalog.resource.state is '状态:有编制中版本时为其流程状态';
comment on column catalog.resource.revision is '修订号:每次变动加一,防止相互覆盖';
comment on column catalog.resource.name is '名称:编制中版本的,无则最近发布版本的';
comment on column catalog.resource.name_key is '归一化名称:查重用';
comment on column catalog.resource.class_code is '分类';
comment on column catalog.resource.share_type is '共享类型';
comment on column catalog.resource.item_count is '信息项数';
comment on column catalog.resource.draft is '编制中版本的全部内容:可以不完整;没有编制中版本时为空';
comment on column catalog.resource.standard_id is '编制所依据的标准';
comment on column catalog.resource.standard_version is '标准版本';
comment on column catalog.resource.last_version is '已发布过的最大版本号:未发布过为 0';
comment on column catalog.resource.published_version is '现行发布版本:未发布或已下架为空';
comment on column catalog.resource.editors is '改动过编制中版本的人:都不得审核它';
comment on column catalog.resource.compiled_on is '编制日期';
comment on column catalog.resource.compiled_by is '编制人:最近改动者';
comment on column catalog.resource.compiled_by_name is '编制人姓名';
comment on column catalog.resource.submitted_on is '提交日期';
comment on column catalog.resource.submitted_by is '提交人';
comment on column catalog.resource.submitted_by_name is '提交人姓名';
comment on column catalog.resource.reviewed_on is '部门审核通过日期';
comment on column catalog.resource.reviewed_by is '部门审核人';
comment on column catalog.resource.reviewed_by_name is '部门审核人姓名';
comment on column catalog.resource.return_reason is '退回理由:再次提交时清空';
comment on column catalog.resource.returned_by_name is '退回人姓名';
comment on column catalog.resource.published_on is '最近发布日期';
comment on column catalog.resource.withdrawn_on is '下架日期';
comment on column catalog.resource.withdraw_reason is '下架理由';
comment on column catalog.resource.created_at is '建立时刻';
comment on column catalog.resource.updated_at is '最近变动时刻';
create index resource_provider_state on catalog.resource (provider_organ_id, state, updated_at desc);
create index resource_state on catalog.resource (state, updated_at desc);
create index resource_provider_name on catalog.resource (provider_organ_id, name_key);
grant select, insert, update, delete on catalog.resource to sanjiang_app;

create table catalog.resource_version (
  resource_id uuid not null constraint resource_version_resource_id_fkey references catalog.resource,
  version integer not null,
  content jsonb not null,
  name text not null,
  item_count integer not null,
  standard_id text not null,
  standard_version integer not null,
  compiled_by_name text not null,
  reviewed_by_name text,
  published_by uuid,
  published_by_name text not null,
  published_on date not null,
  published_at timestamptz(3) not null,
  constraint resource_version_pkey primary key (resource_id, version)
);
comment on table catalog.resource_version is '发布版本:含全部信息项,只增不改,供历史与逐字段比较';
comment on column catalog.resource_version.resource_id is '资源';
comment on column catalog.resource_version.version is '版本号:自 1 起';
comment on column catalog.resource_version.content is '全部内容,含信息项';
comment on column catalog.resource_version.name is '名称';
comment on column catalog.resource_version.item_count is '信息项数';
comment on column catalog.resource_version.standard_id is '所依据的标准';
comment on column catalog.resource_version.standard_version is '标准版本';
comment on column catalog.resource_version.compiled_by_name is '编制人姓名';
comment on column catalog.resource_version.reviewed_by_name is '部门审核人姓名:批量装入的为空';
comment on column catalog.resource_version.published_by is '平台审核人';
comment on column catalog.resource_version.published_by_name is '平台审核人姓名';
comment on column catalog.resource_version.published_on is '发布业务日期';
comment on column catalog.resource_version.published_at is '发布实际时刻';
grant select, insert on catalog.resource_version to sanjiang_app;
