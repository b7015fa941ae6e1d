create table catalog.entry (
  resource_id uuid constraint entry_pkey primary key constraint entry_resource_id_fkey references catalog.resource,
  version integer not null,
  code text not null constraint entry_code_key unique,
  provider_organ_id text not null constraint entry_provider_organ_id_fkey references identity.organ,
  division_code text not null,
  class_code text not null constraint entry_class_code_fkey references catalog.class_node,
  name text not null,
  name_en text not null,
  summary text not null,
  source_system_name text not null,
  format_category text not null,
  format_type text not null,
  share_type text not null constraint entry_share_type_check check (share_type in ('unconditional', 'conditional', 'withheld')),
  share_condition text not null,
  share_basis jsonb,
  share_method_category text not null,
  share_method_type text not null,
  open_type text not null,
  open_condition text not null,
  update_cycle text not null,
  keywords text[] not null,
  audience_path text not null,
  item_count integer not null,
  attached_methods text[] not null default '{}',
  first_published_on date not null,
  published_on date not null,
  terms tsvector not null,
  sounds tsvector not null,
  facet_key text not null generated always as (
    provider_organ_id || '|' || left(division_code, 4) || '00|' || left(class_code, 3) || '|' || share_type || '|' || open_type
    || '|' || format_category || '|' || update_cycle || '|'
    || case when cardinality(attached_methods) = 0 then 'none' else attached_methods[1] end) stored,
  constraint entry_version_fkey foreign key (resource_id, version) references catalog.resource_version
) with (toast_tuple_target = 256); -- search terms and summaries lie apart, so that counting facets reads a third of the pages
-- Everything that lists, filters or counts stays in the row; a value fetched from outside costs thirty times one that lies there.
alter table catalog.entry
  alter column code set storage main,
  alter column provider_organ_id set storage main,
  alter column division_code set storage main,
  alter column class_code set storage main,
  alter column name set storage main,
  alter column name_en set storage main,
  alter column source_system_name set storage main,
  alter column format_category set storage main,
  alter column format_type set storage main,
  alter column share_type set storage main,
  alter column share_method_category set storage main,
  alter column share_method_type set storage main,
  alter column open_type set storage main,
  alter column update_cycle set storage main,
  alter column audience_path set storage main,
  alter column attached_methods set storage main,
  alter column facet_key set storage main;
comment on table catalog.entry is '已发布目录:每个现行发布的条目一行,由发布写入、下架删除,检索与共享都从这里读';
comment on column catalog.entry.resource_id is '资源';
comment on column catalog.entry.version is '现行版本';
comment on column catalog.entry.code is '信息资源代码';
comment on column catalog.entry.provider_organ_id is '提供方';
comment on column catalog.entry.division_code is '提供方所在行政区划';
comment on column catalog.entry.class_code is '分类';
comment on column catalog.entry.name is '名称';
comment on column catalog.entry.name_en is '英文名称';
comment on column catalog.entry.summary is '摘要';
comment on column catalog.entry.source_system_name is '来源信息系统';
comment on column catalog.entry.format_category is '格式分类';
comment on column catalog.entry.format_type is '格式类型';
comment on column catalog.entry.share_type is '共享类型';
comment on column catalog.entry.share_condition is '共享条件';
comment on column catalog.entry.share_basis is '不予共享依据';
comment on column catalog.entry.share_method_category is '共享方式分类';
comment on column catalog.entry.share_method_type is '共享方式类型';
comment on column catalog.entry.open_type is '开放类型';
comment on column catalog.entry.open_condition is '开放条件';
comment on column catalog.entry.update_cycle is '更新周期';
comment on column catalog.entry.keywords is '关键词';
comment on column catalog.entry.audience_path is '可见范围标签:机构路径,在其之下的机构可见;/ 为全部';
comment on column catalog.entry.item_count is '信息项数';
comment on column catalog.entry.attached_methods is '已挂接的方式:api、table、file、push';
comment on column catalog.entry.first_published_on is '首次发布日期';
comment on column catalog.entry.published_on is '现行版本发布日期';
comment on column catalog.entry.terms is '检索词:二元字,A 名称、B 信息项、C 部门与别名及关键词、D 摘要';
comment on column catalog.entry.sounds is '读音:名称与部门的全拼、首字母后缀,以及隔字词,供拼音与错字检索';
comment on column catalog.entry.facet_key is '分面键:八个分面的取值以竖线相连,计数时只按这一列归并';
create index entry_terms on catalog.entry using gin (terms);
create index entry_sounds on catalog.entry using gin (sounds);
create index entry_code_prefix on catalog.entry (code text_pattern_ops);
create index entry_provider on catalog.entry (provider_organ_id);
create index entry_published on catalog.entry (published_on desc, resource_id);
grant select, insert, update, delete on catalog.entry to sanjiang_app;

create table catalog.item (
  item_id uuid constraint item_pkey primary key,
  resource_id uuid not null,
  seq integer not null,
  name text not null,
  name_en text not null,
  data_type text not null,
  length numeric,
  is_key boolean not null,
  is_required boolean not null,
  share_type text not null constraint item_share_type_check check (share_type in ('unconditional', 'conditional', 'withheld')),
  share_condition text not null,
  withheld_basis jsonb,
  open_type text not null,
  sensitivity text not null,
  mask_rule text not null,
  data_element text not null
);
comment on table catalog.item is '已发布条目的信息项:标识跨版本不变,授权据此引用';
comment on column catalog.item.item_id is '信息项标识:UUID v7,跨版本不变';
comment on column catalog.item.resource_id is '资源:随条目写入与删除,不设外键,成批发布时逐行核对太慢';
comment on column catalog.item.seq is '次序:自 1 起';
comment on column catalog.item.name is '名称';
comment on column catalog.item.name_en is '英文名称';
comment on column catalog.item.data_type is '数据类型';
comment on column catalog.item.length is '数据长度';
comment on column catalog.item.is_key is '是否主键';
comment on column catalog.item.is_required is '交换时是否必选';
comment on column catalog.item.share_type is '共享类型:不宽于资源';
comment on column catalog.item.share_condition is '共享条件';
comment on column catalog.item.withheld_basis is '不予共享依据';
comment on column catalog.item.open_type is '开放类型';
comment on column catalog.item.sensitivity is '敏感级别';
comment on column catalog.item.mask_rule is '脱敏规则';
comment on column catalog.item.data_element is '数据元';
create index item_resource on catalog.item (resource_id, seq);
create index item_name on catalog.item (name text_pattern_ops);
grant select, insert, update, delete on catalog.item to sanjiang_app;

create view catalog.published_resource as
select e.resource_id, e.version, e.code, e.name, e.name_en, e.summary, e.class_code, e.provider_organ_id, o.name as provider_name,
       o.path as provider_path, e.division_code, e.source_system_name, e.format_category, e.format_type, e.share_type,
       e.share_condition, e.share_basis, e.share_method_category, e.share_method_type, e.open_type, e.open_condition,
       e.update_cycle, e.audience_path, e.item_count, e.attached_methods, e.first_published_on, e.published_on
from catalog.entry e join identity.organ o on o.organ_id = e.provider_organ_id;
comment on view catalog.published_resource is '已发布的资源:供其他模块读取';
comment on column catalog.published_resource.resource_id is '资源';
comment on column catalog.published_resource.version is '现行版本';
comment on column catalog.published_resource.code is '信息资源代码';
comment on column catalog.published_resource.name is '名称';
comment on column catalog.published_resource.name_en is '英文名称';
comment on column catalog.published_resource.summary is '摘要';
comment on column catalog.published_resource.class_code is '分类';
comment on column catalog.published_resource.provider_organ_id is '提供方';
comment on column catalog.published_resource.provider_name is '提供方名称';
comment on column catalog.published_resource.provider_path is '提供方层级路径';
comment on column catalog.published_resource.division_code is '提供方所在行政区划';
comment on column catalog.published_resource.source_system_name is '来源信息系统';
comment on column catalog.published_resource.format_category is '格式分类';
comment on column catalog.published_resource.format_type is '格式类型';
comment on column catalog.published_resource.share_type is '共享类型';
comment on column catalog.published_resource.share_condition is '共享条件';
comment on column catalog.published_resource.share_basis is '不予共享依据:其他共享类型为空';
comment on column catalog.published_resource.share_method_category is '共享方式分类';
comment on column catalog.published_resource.share_method_type is '共享方式类型';
comment on column catalog.published_resource.open_type is '开放类型';
comment on column catalog.published_resource.open_condition is '开放条件';
comment on column catalog.published_resource.update_cycle is '更新周期';
comment on column catalog.published_resource.audience_path is '可见范围标签';
comment on column catalog.published_resource.item_count is '信息项数';
comment on column catalog.published_resource.attached_methods is '已挂接的方式';
comment on column catalog.published_resource.first_published_on is '首次发布日期';
comment on column catalog.published_resource.published_on is '现行版本发布日期';
grant select on catalog.published_resource to sanjiang_app, sanjiang_gateway;

create view catalog.published_item as
select item_id, resource_id, seq, name, name_en, data_type, length, is_key, is_required, share_type, share_condition,
       withheld_basis, open_type, sensitivity, mask_rule, data_element
from catalog.item;
comment on view catalog.published_item is '已发布的信息项:供其他模块读取';
comment on column catalog.published_item.item_id is '信息项';
comment on column catalog.published_item.resource_id is '资源';
comment on column catalog.published_item.seq is '次序';
comment on column catalog.published_item.name is '名称';
comment on column catalog.published_item.name_en is '英文名称';
comment on column catalog.published_item.data_type is '数据类型';
comment on column catalog.published_item.length is '数据长度:不定长为空';
comment on column catalog.published_item.is_key is '是否主键';
comment on column catalog.published_item.is_required is '交换时是否必选';
comment on column catalog.published_item.share_type is '共享类型';
comment on column catalog.published_item.share_condition is '共享条件';
comment on column catalog.published_item.withheld_basis is '不予共享依据:其他共享类型为空';
comment on column catalog.published_item.open_type is '开放类型';
comment on column catalog.published_item.sensitivity is '敏感级别';
comment on column catalog.published_item.mask_rule is '脱敏规则';
comment on column catalog.published_item.data_element is '数据元';
grant select on catalog.published_item to sanjiang_app, sanjiang_gateway;
