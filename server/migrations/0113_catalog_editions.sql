alter table catalog.standard
  add column state text not null default 'adopted' constraint standard_state_check check (state in ('draft', 'adopted', 'withdrawn')),
  add column base_version integer,
  add column from_version integer,
  add column layer jsonb not null default '[]',
  add column note text not null default '',
  add column revision integer not null default 1,
  add column editors uuid[] not null default '{}',
  add column author_name text,
  add column adopted_by uuid,
  add column adopted_by_name text,
  add column adopted_on date,
  add column transition_until date,
  add column withdraw_reason text,
  add constraint standard_layer_check check ((base_version is null) = (jsonb_array_length(layer) = 0 and from_version is null)),
  add constraint standard_current_check check (not is_current or state = 'adopted'),
  add constraint standard_transition_check check (transition_until is null or transition_until >= effective_from);
comment on column catalog.standard.state is '草稿、已采纳、已撤回:待施行、现行、已被取代由业务日期得出';
comment on column catalog.standard.base_version is '所依据的国家版次:本身即国家版次的为空';
comment on column catalog.standard.from_version is '起草时的现行版次:其后另有采纳的,本草稿不能再采纳';
comment on column catalog.standard.layer is '地方扩展:对国家版次的逐条改动,body 由二者合成';
comment on column catalog.standard.note is '起草说明';
comment on column catalog.standard.revision is '修订号:每次保存加一';
comment on column catalog.standard.editors is '起草和改动过草稿的人:都不得采纳它';
comment on column catalog.standard.author_name is '起草人姓名:装入的为空';
comment on column catalog.standard.adopted_by is '采纳人';
comment on column catalog.standard.adopted_by_name is '采纳人姓名';
comment on column catalog.standard.adopted_on is '采纳日期';
comment on column catalog.standard.transition_until is '过渡期截止日:此前按旧版发布的条目仍有效';
comment on column catalog.standard.withdraw_reason is '撤回理由';
comment on column catalog.standard.is_current is '分类树与代码表现按它;现行版次由施行日期与业务日期得出,二者不一致时由工作进程切换';
create unique index standard_effective_key on catalog.standard (standard_id, effective_from) where state = 'adopted' and base_version is not null;

create table catalog.effect (
  effect_id uuid constraint effect_pkey primary key,
  standard_id text not null,
  version integer not null,
  standard_revision integer not null,
  against_version integer not null,
  purpose text not null constraint effect_purpose_check check (purpose in ('trial', 'transition')),
  state text not null constraint effect_state_check check (state in ('running', 'done')),
  total integer not null,
  done integer not null,
  last_id uuid,
  started_on date not null,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  started_by_name text not null,
  constraint effect_standard_fkey foreign key (standard_id, version) references catalog.standard,
  constraint effect_finished_check check ((finished_at is not null) = (state = 'done'))
);
comment on table catalog.effect is '影响试算:一个版次对全部条目(已发布与编制中)的影响,分批进行,断后续算(T2.1)';
comment on column catalog.effect.effect_id is '试算标识:UUID v7';
comment on column catalog.effect.standard_id is '标准';
comment on column catalog.effect.version is '试算的版次';
comment on column catalog.effect.standard_revision is '试算时草稿的修订号:草稿再改即过时';
comment on column catalog.effect.against_version is '相比的现行版次';
comment on column catalog.effect.purpose is '采纳前试算,或施行后的过渡清单';
comment on column catalog.effect.state is '进行中、已完成';
comment on column catalog.effect.total is '开始时的条目数';
comment on column catalog.effect.done is '已算条目数';
comment on column catalog.effect.last_id is '已算到的条目:续算由此之后';
comment on column catalog.effect.started_on is '开始业务日期';
comment on column catalog.effect.started_at is '开始时刻';
comment on column catalog.effect.finished_at is '完成时刻';
comment on column catalog.effect.started_by_name is '发起人姓名';
create index effect_standard on catalog.effect (standard_id, version, started_at desc);
grant select, insert, update on catalog.effect to sanjiang_app;

create table catalog.effect_copy (
  effect_id uuid not null constraint effect_copy_effect_id_fkey references catalog.effect,
  resource_id uuid not null,
  copy text not null constraint effect_copy_copy_check check (copy in ('published', 'working')),
  version integer,
  provider_organ_id text not null,
  outcome text not null constraint effect_copy_outcome_check check (outcome in ('fails', 'still_fails', 'mended', 'warned')),
  added jsonb not null,
  gone jsonb not null,
  errors jsonb not null,
  constraint effect_copy_pkey primary key (effect_id, resource_id, copy)
);
comment on table catalog.effect_copy is '试算中有变化或不合格的条目副本:无影响的不记';
comment on column catalog.effect_copy.effect_id is '试算';
comment on column catalog.effect_copy.resource_id is '条目:删去的草稿仍留在结果里';
comment on column catalog.effect_copy.copy is '已发布版本或编制中版本';
comment on column catalog.effect_copy.version is '已发布版本号:编制中版本为空';
comment on column catalog.effect_copy.provider_organ_id is '提供方';
comment on column catalog.effect_copy.outcome is '将不合格、仍不合格、将合格、新增提醒';
comment on column catalog.effect_copy.added is '新版才有的问题';
comment on column catalog.effect_copy.gone is '新版不再有的问题';
comment on column catalog.effect_copy.errors is '按新版的全部错误:过渡期内须改正的';
create index effect_copy_outcome on catalog.effect_copy (effect_id, outcome, provider_organ_id);
create index effect_copy_resource on catalog.effect_copy (resource_id);
grant select, insert, delete on catalog.effect_copy to sanjiang_app;

create table catalog.effect_change (
  effect_id uuid not null,
  resource_id uuid not null,
  copy text not null constraint effect_change_copy_check check (copy in ('published', 'working')),
  rule text not null,
  field text not null,
  outcome text not null constraint effect_change_outcome_check check (outcome in ('fails', 'mended', 'warned')),
  constraint effect_change_pkey primary key (effect_id, rule, field, outcome, resource_id, copy),
  constraint effect_change_copy_fkey foreign key (effect_id, resource_id, copy) references catalog.effect_copy on delete cascade
);
comment on table catalog.effect_change is '试算结果按规则与字段展开:每个数字都能打开它的条目';
comment on column catalog.effect_change.effect_id is '试算';
comment on column catalog.effect_change.resource_id is '条目';
comment on column catalog.effect_change.copy is '已发布版本或编制中版本';
comment on column catalog.effect_change.rule is '规则';
comment on column catalog.effect_change.field is '字段:信息项不分序号';
comment on column catalog.effect_change.outcome is '新增错误、错误消失、新增提醒';
create index effect_change_copy on catalog.effect_change (effect_id, resource_id, copy);
grant select, insert, delete on catalog.effect_change to sanjiang_app;
