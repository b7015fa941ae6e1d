-- How good an entry is (国发〔2016〕51号 第十三条), whose fault a shortcoming is, and what in its daily life is out of order.
alter table catalog.entry add column origin text not null default 'compiled'
  constraint entry_origin_check check (origin in ('compiled', 'imported', 'harvested'));
comment on column catalog.entry.origin is '现行版本的来历:部门编制、批量装入、目录采集;装入与采集造成的缺失不计在提供部门头上';

create table catalog.quality_rule (
  code text not null,
  valid_from date not null,
  title text not null,
  weight numeric(4,1) not null constraint quality_rule_weight_check check (weight between 0 and 100),
  clause text not null,
  verified boolean not null,
  constraint quality_rule_pkey primary key (code, valid_from)
);
comment on table catalog.quality_rule is '质量规则:按施行日期分版本的权重与依据;怎样判断在 contract/src/catalog.quality.ts';
comment on column catalog.quality_rule.code is '规则';
comment on column catalog.quality_rule.valid_from is '自何日起施行:同一日期的各条合为一版';
comment on column catalog.quality_rule.title is '要求';
comment on column catalog.quality_rule.weight is '满分:一版各条之和为 100';
comment on column catalog.quality_rule.clause is '依据';
comment on column catalog.quality_rule.verified is '是否已与原文核对';
grant select on catalog.quality_rule to sanjiang_app;
insert into catalog.quality_rule (code, valid_from, title, weight, clause, verified) values
  ('Q01', '2017-06-30', '核心元数据的必填、建议项齐全', 10, '发改高技〔2017〕1272号 核心元数据', false),
  ('Q02', '2017-06-30', '信息项的英文名、类型、长度齐全', 10, '发改高技〔2017〕1272号 信息项', false),
  ('Q03', '2017-06-30', '信息项关联数据元或代码标准', 5, '发改高技〔2017〕1272号 信息项', false),
  ('Q04', '2017-06-30', '摘要说明内容，不只重复名称', 10, '发改高技〔2017〕1272号 信息资源摘要', false),
  ('Q05', '2017-06-30', '现行版本符合现行目录标准', 5, '发改高技〔2017〕1272号', false),
  ('Q06', '2017-06-30', '已挂接，可以取用', 20, '国发〔2016〕51号 第十三条', false),
  ('Q07', '2017-06-30', '挂接的接口、库表、文件可达', 15, '国发〔2016〕51号 第十三条', false),
  ('Q08', '2017-06-30', '数据按更新周期更新', 10, '国发〔2016〕51号 第十三条；C14 周期×1.5 为项目约定', false),
  ('Q09', '2017-06-30', '有授权的，有实际取用', 5, '项目约定', false),
  ('Q10', '2017-06-30', '疑义按时校核', 5, '国发〔2016〕51号 第十五条', false),
  ('Q11', '2017-06-30', '源结构变化已处理', 3, '项目约定', false),
  ('Q12', '2017-06-30', '已定牵头部门的信息项改为引用', 2, '一数一源（地方细化）', false);

create table catalog.entry_fact (
  resource_id uuid not null,
  kind text not null constraint entry_fact_kind_check check (kind in
    ('attached_api', 'attached_table', 'attached_file', 'unreachable_api', 'unreachable_table', 'unreachable_file', 'called', 'delivered',
     'granted', 'newest', 'drift_open', 'correction_open', 'correction_late', 'content_lost')),
  value integer not null,
  since date not null,
  party text not null constraint entry_fact_party_check check (party in ('provider', 'consumer', 'importer', 'harvester', 'platform')),
  message text not null,
  constraint entry_fact_pkey primary key (resource_id, kind)
);
comment on table catalog.entry_fact is '条目的使用与挂接事实:由上级模块成套报来(reportFacts),目录不去查问';
comment on column catalog.entry_fact.resource_id is '资源';
comment on column catalog.entry_fact.kind is '事实';
comment on column catalog.entry_fact.value is '数量';
comment on column catalog.entry_fact.since is '自何日起;newest、called、delivered 为最近一日';
comment on column catalog.entry_fact.party is '责任方';
comment on column catalog.entry_fact.message is '说明';
create index entry_fact_kind on catalog.entry_fact (kind);
grant select, insert, update, delete on catalog.entry_fact to sanjiang_app;

create table catalog.quality (
  resource_id uuid constraint quality_pkey primary key,
  version integer not null,
  provider_organ_id text not null,
  score numeric(4,1) not null constraint quality_score_check check (score between 0 and 100),
  level text not null constraint quality_level_check check (level in ('A', 'B', 'C', 'D')),
  reasons jsonb not null,
  error_count integer not null,
  rules_from date not null,
  folded_on date not null,
  is_stale boolean not null default false
);
comment on table catalog.quality is '条目质量:由规则、内容与事实推出,随时可以重算';
comment on column catalog.quality.resource_id is '资源:随条目推出与删除,不设外键';
comment on column catalog.quality.version is '据以计算的发布版本';
comment on column catalog.quality.provider_organ_id is '提供方';
comment on column catalog.quality.score is '得分:100 减去记在提供部门头上的失分';
comment on column catalog.quality.level is '等级:90、75、60 分为界';
comment on column catalog.quality.reasons is '逐条理由:规则、失分、责任方、到哪里改';
comment on column catalog.quality.error_count is '不符合现行标准的处数';
comment on column catalog.quality.rules_from is '所用规则版本';
comment on column catalog.quality.folded_on is '计算的业务日期';
comment on column catalog.quality.is_stale is '事实有变,待重算';
create index quality_provider on catalog.quality (provider_organ_id, level);
create index quality_stale on catalog.quality (resource_id) where is_stale;
grant select, insert, update, delete on catalog.quality to sanjiang_app;

create table catalog.entry_finding (
  finding_id uuid constraint entry_finding_pkey primary key,
  resource_id uuid not null,
  kind text not null constraint entry_finding_kind_check check (kind in
    ('never_callable', 'mismatched', 'unreachable', 'outdated', 'drifted', 'nonconforming')),
  provider_organ_id text not null,
  party text not null constraint entry_finding_party_check check (party in ('provider', 'consumer', 'importer', 'harvester', 'platform')),
  message text not null,
  found_on date not null,
  cleared_on date
);
comment on table catalog.entry_finding is '日常检查发现:已发布的条目有什么不对、自何日起、谁的责任;改好后自动销号';
comment on column catalog.entry_finding.finding_id is '发现标识';
comment on column catalog.entry_finding.resource_id is '资源';
comment on column catalog.entry_finding.kind is '种类';
comment on column catalog.entry_finding.provider_organ_id is '提供方';
comment on column catalog.entry_finding.party is '责任方';
comment on column catalog.entry_finding.message is '说明';
comment on column catalog.entry_finding.found_on is '自何日起';
comment on column catalog.entry_finding.cleared_on is '销号日期:未改好为空';
create unique index entry_finding_open_key on catalog.entry_finding (resource_id, kind) where cleared_on is null;
create index entry_finding_organ on catalog.entry_finding (provider_organ_id, found_on) where cleared_on is null;
create index entry_finding_age on catalog.entry_finding (found_on, finding_id) where cleared_on is null;
grant select, insert, update on catalog.entry_finding to sanjiang_app;
