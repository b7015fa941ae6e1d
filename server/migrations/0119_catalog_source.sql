-- One number, one source (一数一源): which items are the same, who leads them, who refers to the lead.
create table catalog.noise_word (
  word text constraint noise_word_pkey primary key,
  reason text not null
);
comment on table catalog.noise_word is '不作同项识别的信息项名:各表都有而含义不同';
comment on column catalog.noise_word.word is '归一化名称';
comment on column catalog.noise_word.reason is '理由';
grant select on catalog.noise_word to sanjiang_app;
insert into catalog.noise_word (word, reason)
select word, '各表自己的说明，不是同一事实' from unnest(string_to_array('备注,说明,描述,简介,内容,其他,附件,标题,摘要,原因,意见,结果,结论,要求,情况,用途', ',')) as word
union all select word, '各表自己的编号或状态' from unnest(string_to_array('序号,编号,id,主键,流水号,记录号,代码,编码,名称,状态,类型,类别,级别,等级,种类,标志,标识,是否有效,有效标志,数据状态,单位,数量,金额,面积,总数,合计', ',')) as word
union all select word, '各表自己的时间或经手' from unnest(string_to_array('日期,时间,年度,年份,月份,期间,创建时间,创建日期,更新时间,更新日期,修改时间,录入时间,登记日期,填报日期,填报时间,入库时间,操作时间,创建人,录入人,修改人,经办人,填报人,审核人,联系人,联系电话,联系方式,电话,地址,区划,行政区划,所属区域,所在地,数据来源,发布日期,开始日期,结束日期,开始时间,结束时间,截止日期,批准日期,有效期', ',')) as word;

create table catalog.item_key (
  name text not null,
  data_element text not null,
  key text,
  match text not null constraint item_key_match_check check (match in ('element', 'name', 'synonym')),
  constraint item_key_pkey primary key (name, data_element)
);
comment on table catalog.item_key is '信息项名与数据元归一后的键:同键即同项;只由自身与同义词、忽略词决定,与先后无关';
comment on column catalog.item_key.name is '信息项名称';
comment on column catalog.item_key.data_element is '数据元';
comment on column catalog.item_key.key is '键:忽略词为空';
comment on column catalog.item_key.match is '由什么归一:数据元、名称、同义词';
create index item_key_key on catalog.item_key (key);
grant select, insert, update, delete on catalog.item_key to sanjiang_app;

create table catalog.cluster (
  cluster_id uuid constraint cluster_pkey primary key,
  key text not null constraint cluster_key_key unique,
  name text not null,
  departments integer not null,
  entries integer not null,
  confidence integer not null constraint cluster_confidence_check check (confidence between 0 and 100),
  by_element integer not null,
  by_name integer not null,
  by_synonym integer not null
);
comment on table catalog.cluster is '同项:由两个以上条线的部门持有的同一信息项;只收人人可见的条目';
comment on column catalog.cluster.cluster_id is '同项标识';
comment on column catalog.cluster.key is '键';
comment on column catalog.cluster.name is '最常用的名称';
comment on column catalog.cluster.departments is '持有的条线数:同一条线各级算一个';
comment on column catalog.cluster.entries is '持有的条目数';
comment on column catalog.cluster.confidence is '把握:百分数';
comment on column catalog.cluster.by_element is '按数据元归入的项数';
comment on column catalog.cluster.by_name is '按名称归入的项数';
comment on column catalog.cluster.by_synonym is '按同义词归入的项数';
create index cluster_departments on catalog.cluster (departments desc, cluster_id);
grant select, insert, update, delete on catalog.cluster to sanjiang_app;

create table catalog.cluster_item (
  item_id uuid constraint cluster_item_pkey primary key,
  key text not null,
  resource_id uuid not null,
  organ_id text not null,
  match text not null constraint cluster_item_match_check check (match in ('element', 'name', 'synonym')),
  has_same_english boolean not null,
  has_same_type boolean not null
);
comment on table catalog.cluster_item is '同项的成员';
comment on column catalog.cluster_item.item_id is '信息项';
comment on column catalog.cluster_item.key is '键';
comment on column catalog.cluster_item.resource_id is '资源';
comment on column catalog.cluster_item.organ_id is '持有机构';
comment on column catalog.cluster_item.match is '由什么归入';
comment on column catalog.cluster_item.has_same_english is '英文名与多数相同';
comment on column catalog.cluster_item.has_same_type is '数据类型与多数相同';
create index cluster_item_key on catalog.cluster_item (key);
create index cluster_item_resource on catalog.cluster_item (resource_id);
create index cluster_item_organ on catalog.cluster_item (organ_id);
grant select, insert, update, delete on catalog.cluster_item to sanjiang_app;

create table catalog.clustered (
  resource_id uuid constraint clustered_pkey primary key,
  version integer not null,
  keys text[] not null
);
comment on table catalog.clustered is '同项识别进行到哪里:每个条目按哪一版识别过、有哪些键';
comment on column catalog.clustered.resource_id is '资源';
comment on column catalog.clustered.version is '识别过的版本';
comment on column catalog.clustered.keys is '当时的键:条目改变或下架时据此重算';
grant select, insert, update, delete on catalog.clustered to sanjiang_app;

create table catalog.cluster_due (
  key text constraint cluster_due_pkey primary key
);
comment on table catalog.cluster_due is '待重算的同项:先逐条归键,再逐键重算,中断后从剩下的接着做';
comment on column catalog.cluster_due.key is '键';
grant select, insert, delete on catalog.cluster_due to sanjiang_app;

create table catalog.lead (
  lead_id uuid constraint lead_pkey primary key,
  key text not null,
  cluster_name text not null,
  item_id uuid not null,
  resource_id uuid not null,
  organ_id text not null constraint lead_organ_id_fkey references identity.organ,
  state text not null constraint lead_state_check check (state in ('proposed', 'contested', 'agreed', 'dropped', 'withdrawn', 'reversed')),
  revision integer not null,
  reason text not null,
  proposed_by uuid,
  proposed_by_name text not null,
  proposed_organ_id text not null,
  proposed_on date not null,
  decided_by uuid,
  decided_by_name text,
  decided_on date,
  decision_reason text not null,
  ended_on date,
  end_reason text not null
);
comment on table catalog.lead is '牵头:提议某部门的信息项为唯一来源,持有部门表态,有异议的由平台裁定;每次商定一行,不删';
comment on column catalog.lead.lead_id is '标识';
comment on column catalog.lead.key is '同项的键';
comment on column catalog.lead.cluster_name is '同项名称';
comment on column catalog.lead.item_id is '牵头的信息项';
comment on column catalog.lead.resource_id is '牵头的条目';
comment on column catalog.lead.organ_id is '牵头部门';
comment on column catalog.lead.state is '状态';
comment on column catalog.lead.revision is '修订号:每次变动加一';
comment on column catalog.lead.reason is '提议理由';
comment on column catalog.lead.proposed_by is '提议人';
comment on column catalog.lead.proposed_by_name is '提议人姓名';
comment on column catalog.lead.proposed_organ_id is '提议机构';
comment on column catalog.lead.proposed_on is '提议日期:时限自此起算';
comment on column catalog.lead.decided_by is '裁定人:全体同意而定的为最后表态人';
comment on column catalog.lead.decided_by_name is '裁定人姓名';
comment on column catalog.lead.decided_on is '定下日期';
comment on column catalog.lead.decision_reason is '裁定理由';
comment on column catalog.lead.ended_on is '撤回或撤销日期';
comment on column catalog.lead.end_reason is '撤回或撤销理由';
create unique index lead_live_key on catalog.lead (key) where state in ('proposed', 'contested', 'agreed');
create index lead_resource on catalog.lead (resource_id) where state = 'agreed';
grant select, insert, update on catalog.lead to sanjiang_app;

create table catalog.lead_answer (
  lead_id uuid not null constraint lead_answer_lead_id_fkey references catalog.lead,
  organ_id text not null constraint lead_answer_organ_id_fkey references identity.organ,
  answer text constraint lead_answer_answer_check check (answer in ('agreed', 'objected')),
  reason text not null,
  answered_by uuid,
  answered_by_name text,
  answered_on date,
  constraint lead_answer_pkey primary key (lead_id, organ_id),
  constraint lead_answer_reason_check check (answer is distinct from 'objected' or length(reason) >= 10)
);
comment on table catalog.lead_answer is '持有部门对牵头提议的表态:提议时逐个列出,表态前为空';
comment on column catalog.lead_answer.lead_id is '牵头';
comment on column catalog.lead_answer.organ_id is '持有部门';
comment on column catalog.lead_answer.answer is '同意或有异议';
comment on column catalog.lead_answer.reason is '理由:有异议的必填';
comment on column catalog.lead_answer.answered_by is '表态人';
comment on column catalog.lead_answer.answered_by_name is '表态人姓名';
comment on column catalog.lead_answer.answered_on is '表态日期';
grant select, insert, update on catalog.lead_answer to sanjiang_app;

create table catalog.item_source (
  item_id uuid constraint item_source_pkey primary key,
  resource_id uuid not null,
  source_item_id uuid not null,
  lead_id uuid not null constraint item_source_lead_id_fkey references catalog.lead,
  since date not null
);
comment on table catalog.item_source is '引用:信息项以牵头部门的信息项为准;随信息项标识跨版本有效';
comment on column catalog.item_source.item_id is '引用的信息项';
comment on column catalog.item_source.resource_id is '引用的资源';
comment on column catalog.item_source.source_item_id is '牵头的信息项';
comment on column catalog.item_source.lead_id is '据以引用的牵头';
comment on column catalog.item_source.since is '自何日起引用';
create index item_source_resource on catalog.item_source (resource_id);
create index item_source_lead on catalog.item_source (lead_id);
grant select, insert, update, delete on catalog.item_source to sanjiang_app;

create view catalog.published_quality as select resource_id, score, level, folded_on from catalog.quality;
comment on view catalog.published_quality is '条目质量:供其他模块读取';
comment on column catalog.published_quality.resource_id is '资源';
comment on column catalog.published_quality.score is '得分';
comment on column catalog.published_quality.level is '等级';
comment on column catalog.published_quality.folded_on is '计算的业务日期';
grant select on catalog.published_quality to sanjiang_app;
