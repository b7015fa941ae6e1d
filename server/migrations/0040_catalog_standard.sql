create schema catalog;
comment on schema catalog is '目录:标准、编制与审核、发布版本、检索';
grant usage on schema catalog to sanjiang_app, sanjiang_gateway;

create table catalog.standard (
  standard_id text not null,
  version integer not null,
  title text not null,
  document_no text not null,
  dialect text not null,
  effective_from date not null,
  effective_to date,
  verified boolean not null,
  body jsonb not null,
  is_current boolean not null,
  installed_at timestamptz(3) not null,
  constraint standard_pkey primary key (standard_id, version)
);
comment on table catalog.standard is '目录标准:字段、枚举、规则、分类,整份按版本存放并解释执行(T2.1)';
comment on column catalog.standard.standard_id is '标准标识:1272-2017';
comment on column catalog.standard.version is '版本';
comment on column catalog.standard.title is '名称';
comment on column catalog.standard.document_no is '文号';
comment on column catalog.standard.dialect is '地方扩展';
comment on column catalog.standard.effective_from is '施行日期';
comment on column catalog.standard.effective_to is '废止日期:不含当日';
comment on column catalog.standard.verified is '是否已与原文核对';
comment on column catalog.standard.body is '整份标准:字段、信息项字段、普查字段、模板列、枚举、分类、规则';
comment on column catalog.standard.is_current is '现行:编制与检查按它进行';
comment on column catalog.standard.installed_at is '装入时刻';
create unique index standard_current_key on catalog.standard (is_current) where is_current;
grant select, insert, update on catalog.standard to sanjiang_app;

create table catalog.class_node (
  code text constraint class_node_pkey primary key,
  title text not null,
  parent_code text constraint class_node_parent_code_fkey references catalog.class_node deferrable initially deferred,
  level text not null constraint class_node_level_check check (level in ('class', 'item', 'sub_item', 'detail')),
  is_leaf boolean not null,
  organ_id text,
  is_active boolean not null
);
comment on table catalog.class_node is '分类节点:现行标准的类、项、目、细目;停用的保留,已发布条目仍可显示';
comment on column catalog.class_node.code is '分类代码:类1+项2+目3+细目';
comment on column catalog.class_node.title is '名称';
comment on column catalog.class_node.parent_code is '上级节点';
comment on column catalog.class_node.level is '层级';
comment on column catalog.class_node.is_leaf is '可否挂资源';
comment on column catalog.class_node.organ_id is '部门类节点对应的机构';
comment on column catalog.class_node.is_active is '现行标准中是否存在';
create index class_node_parent on catalog.class_node (parent_code, code);
create index class_node_organ on catalog.class_node (organ_id);
grant select, insert, update on catalog.class_node to sanjiang_app;

create table catalog.legal_basis (
  basis_key text constraint legal_basis_pkey primary key,
  kind text not null constraint legal_basis_kind_check check (kind in ('law', 'administrative_regulation', 'central_policy')),
  title text not null,
  clause text not null,
  document_no text not null,
  verified boolean not null
);
comment on table catalog.legal_basis is '不予共享可援引的依据:法律、行政法规、党中央国务院政策(国发〔2016〕51号 第十条)';
comment on column catalog.legal_basis.basis_key is '标识';
comment on column catalog.legal_basis.kind is '种类';
comment on column catalog.legal_basis.title is '名称';
comment on column catalog.legal_basis.clause is '条款';
comment on column catalog.legal_basis.document_no is '文号';
comment on column catalog.legal_basis.verified is '是否已与原文核对';
grant select, insert, update on catalog.legal_basis to sanjiang_app;

create table catalog.code_seq (
  class_code text constraint code_seq_pkey primary key,
  last_seq integer not null constraint code_seq_last_seq_check check (last_seq between 1 and 999999)
);
comment on table catalog.code_seq is '顺序码:每个分类码一行,赋码时锁行递增;与发布同一事务,故不留空号、不复用';
comment on column catalog.code_seq.class_code is '分类代码';
comment on column catalog.code_seq.last_seq is '已用到的顺序码';
grant select, insert, update on catalog.code_seq to sanjiang_app;

create table catalog.synonym (
  group_no integer not null,
  word text not null constraint synonym_word_key unique,
  constraint synonym_pkey primary key (group_no, word)
);
comment on table catalog.synonym is '检索同义词:同组互通,由平台目录管理员维护';
comment on column catalog.synonym.group_no is '组号';
comment on column catalog.synonym.word is '词';
grant select, insert, delete on catalog.synonym to sanjiang_app;
