create table sharing.correction (
  correction_id uuid constraint correction_pkey primary key,
  state text not null constraint correction_state_check check (state in ('raised', 'answered')),
  resource_id uuid not null,
  resource_code text not null,
  resource_name text not null,
  item_id uuid not null,
  item_name text not null,
  provider_organ_id text not null constraint correction_provider_organ_id_fkey references identity.organ,
  consumer_organ_id text not null constraint correction_consumer_organ_id_fkey references identity.organ,
  record_key_kind text not null constraint correction_record_key_kind_check check (record_key_kind in
    ('citizen_id', 'credit_code', 'other')),
  record_key_masked text not null,
  record_key_hash text not null,
  record_key_sealed text not null,
  wrong_value text not null,
  suggested_value text not null,
  evidence text not null,
  business_continued boolean not null,
  raised_on date not null,
  raised_at timestamptz(3) not null,
  raised_by uuid,
  raised_by_name text not null,
  result text constraint correction_result_check check (result in ('true_fixed', 'not_true', 'cannot_verify')),
  answer_text text,
  answered_on date,
  answered_at timestamptz(3),
  answered_by uuid,
  answered_by_name text,
  constraint correction_organs_check check (provider_organ_id <> consumer_organ_id),
  constraint correction_answer_check check ((state = 'answered') = (result is not null and answer_text is not null
    and answered_on is not null))
);
comment on table sharing.correction is '纠错:使用方对疑义、错误数据的反馈,由提供方校核';
comment on column sharing.correction.correction_id is '纠错标识:UUID v7';
comment on column sharing.correction.state is '状态';
comment on column sharing.correction.resource_id is '目录资源';
comment on column sharing.correction.resource_code is '信息资源代码';
comment on column sharing.correction.resource_name is '资源名称';
comment on column sharing.correction.item_id is '信息项';
comment on column sharing.correction.item_name is '信息项名称';
comment on column sharing.correction.provider_organ_id is '提供方机构';
comment on column sharing.correction.consumer_organ_id is '使用方机构';
comment on column sharing.correction.record_key_kind is '记录主键种类';
comment on column sharing.correction.record_key_masked is '记录主键:脱敏后,列表用';
comment on column sharing.correction.record_key_hash is '记录主键:带密钥摘要,查重用';
comment on column sharing.correction.record_key_sealed is '记录主键:加密,密钥不在库中;双方查看详情时解密';
comment on column sharing.correction.wrong_value is '疑误值';
comment on column sharing.correction.suggested_value is '建议值';
comment on column sharing.correction.evidence is '依据';
comment on column sharing.correction.business_continued is '校核期间业务照常办理';
comment on column sharing.correction.raised_on is '提出业务日期';
comment on column sharing.correction.raised_at is '提出时刻';
comment on column sharing.correction.raised_by is '提出人';
comment on column sharing.correction.raised_by_name is '提出人姓名';
comment on column sharing.correction.result is '校核结果';
comment on column sharing.correction.answer_text is '校核说明';
comment on column sharing.correction.answered_on is '校核业务日期';
comment on column sharing.correction.answered_at is '校核时刻';
comment on column sharing.correction.answered_by is '校核人';
comment on column sharing.correction.answered_by_name is '校核人姓名';
create unique index correction_open_key on sharing.correction (consumer_organ_id, item_id, record_key_hash) where state = 'raised';
create index correction_provider on sharing.correction (provider_organ_id, raised_on desc, correction_id desc);
create index correction_consumer on sharing.correction (consumer_organ_id, raised_on desc, correction_id desc);
create index correction_resource on sharing.correction (resource_id);
grant select, insert, update on sharing.correction to sanjiang_app;
