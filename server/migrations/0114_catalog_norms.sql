create table catalog.norm (
  norm_id text constraint norm_pkey primary key,
  title text not null,
  document_no text not null,
  kind text not null constraint norm_kind_check check (kind in ('law', 'administrative_regulation', 'central_policy',
    'ministry_policy', 'local_regulation', 'provincial_policy', 'national_standard', 'local_standard', 'platform_rule')),
  field text not null constraint norm_field_check check (field in ('business', 'data', 'technical', 'security', 'institution')),
  issuer text not null,
  issued_on date,
  effective_on date,
  abolished_on date,
  replaces text constraint norm_replaces_fkey references catalog.norm deferrable initially deferred,
  url text not null,
  summary text not null,
  verified boolean not null,
  revision integer not null,
  updated_at timestamptz(3) not null,
  updated_by_name text not null,
  constraint norm_abolished_check check (abolished_on is null or effective_on is null or abolished_on >= effective_on),
  constraint norm_itself_check check (replaces <> norm_id)
);
comment on table catalog.norm is '标准与制度:软件据以执行的法律、文件、标准(T5.1、T5.2)';
comment on column catalog.norm.norm_id is '标识:小写字母、数字、连字符';
comment on column catalog.norm.title is '名称';
comment on column catalog.norm.document_no is '文号或标准号';
comment on column catalog.norm.kind is '类别';
comment on column catalog.norm.field is '领域:业务、数据、技术、安全标准,管理制度';
comment on column catalog.norm.issuer is '发布机关';
comment on column catalog.norm.issued_on is '发布日期:不详为空';
comment on column catalog.norm.effective_on is '施行日期:不详为空';
comment on column catalog.norm.abolished_on is '废止日期:自当日起不再有效';
comment on column catalog.norm.replaces is '所替代的文件';
comment on column catalog.norm.url is '原文链接:可空串';
comment on column catalog.norm.summary is '要点';
comment on column catalog.norm.verified is '是否已与原文核对';
comment on column catalog.norm.revision is '修订号';
comment on column catalog.norm.updated_at is '最近变动时刻';
comment on column catalog.norm.updated_by_name is '最近变动者姓名';
create index norm_title on catalog.norm (title);
create index norm_replaces on catalog.norm (replaces);
grant select, insert, update on catalog.norm to sanjiang_app;

create table catalog.norm_clause (
  norm_id text not null constraint norm_clause_norm_id_fkey references catalog.norm,
  clause text not null,
  seq integer not null,
  text text not null,
  removed_on date,
  constraint norm_clause_pkey primary key (norm_id, clause)
);
comment on table catalog.norm_clause is '条款:软件引用到的';
comment on column catalog.norm_clause.norm_id is '文件';
comment on column catalog.norm_clause.clause is '条号';
comment on column catalog.norm_clause.seq is '次序';
comment on column catalog.norm_clause.text is '要点';
comment on column catalog.norm_clause.removed_on is '删去日期:自当日起不再有效';
grant select, insert, delete on catalog.norm_clause to sanjiang_app;

create table catalog.norm_link (
  norm_id text not null,
  clause text not null,
  kind text not null constraint norm_link_kind_check check (kind in
    ('catalog_rule', 'platform_rule', 'clock_rule', 'sharing_rule', 'code_check', 'legal_basis')),
  target text not null,
  constraint norm_link_pkey primary key (norm_id, clause, kind, target),
  constraint norm_link_clause_fkey foreign key (norm_id, clause) references catalog.norm_clause on delete cascade
);
comment on table catalog.norm_link is '条款与软件所执行的规则、参数的对应';
comment on column catalog.norm_link.norm_id is '文件';
comment on column catalog.norm_link.clause is '条号';
comment on column catalog.norm_link.kind is '规则种类';
comment on column catalog.norm_link.target is '规则或参数的标识';
create index norm_link_target on catalog.norm_link (target);
grant select, insert, delete on catalog.norm_link to sanjiang_app;

-- What is withheld on a law's strength is found by the law's name when the law goes.
create index entry_basis on catalog.entry ((share_basis ->> 'title')) where share_basis is not null;
create index item_basis on catalog.item ((withheld_basis ->> 'title')) where withheld_basis is not null;
