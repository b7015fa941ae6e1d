create schema opendata;
comment on schema opendata is '公共数据开放:发布、保密审查、撤回';
grant usage on schema opendata to sanjiang_app;

create table opendata.release (
  release_id uuid constraint release_pkey primary key,
  resource_id uuid not null,
  release_no integer not null constraint release_no_check check (release_no > 0),
  state text not null constraint release_state_check check (state in ('review', 'released', 'rejected', 'withdrawn', 'replaced')),
  organ_id text not null constraint release_organ_id_fkey references identity.organ,
  code text not null,
  content jsonb not null,
  proposed_on date not null,
  proposed_by uuid not null,
  proposed_by_name text not null,
  reviewed_on date,
  reviewed_by uuid,
  reviewed_by_name text,
  review_opinion text,
  withdrawn_on date,
  withdrawn_by_name text,
  withdraw_reason text,
  sent_at timestamptz(3),
  constraint release_resource_no_key unique (resource_id, release_no),
  constraint release_reviewed_check check (state = 'review' or (reviewed_on is not null and reviewed_by is not null)),
  constraint release_hands_check check (reviewed_by is null or reviewed_by <> proposed_by),
  constraint release_withdrawn_check check ((state = 'withdrawn') = (withdraw_reason is not null))
);
comment on table opendata.release is '开放发布:一个资源的一次公开投影,提出与保密审查分属两人';
comment on column opendata.release.release_id is '发布标识:UUID v7';
comment on column opendata.release.resource_id is '目录资源';
comment on column opendata.release.release_no is '发布序号:同一资源自 1 起';
comment on column opendata.release.state is '状态:review 审查中,released 开放中,rejected 未通过,withdrawn 已撤回,replaced 已被新的发布取代';
comment on column opendata.release.organ_id is '提供方';
comment on column opendata.release.code is '信息资源代码';
comment on column opendata.release.content is '公开内容:审查的与发布的逐字相同';
comment on column opendata.release.proposed_on is '提出日期';
comment on column opendata.release.proposed_by is '提出人';
comment on column opendata.release.proposed_by_name is '提出人姓名';
comment on column opendata.release.reviewed_on is '审查日期:审查中为空';
comment on column opendata.release.reviewed_by is '审查人:审查中为空';
comment on column opendata.release.reviewed_by_name is '审查人姓名:审查中为空';
comment on column opendata.release.review_opinion is '审查意见:未通过时即理由';
comment on column opendata.release.withdrawn_on is '撤回日期:未撤回为空';
comment on column opendata.release.withdrawn_by_name is '撤回人姓名:未撤回为空';
comment on column opendata.release.withdraw_reason is '撤回理由:未撤回为空';
comment on column opendata.release.sent_at is '送达公共侧的时刻:未送达为空,撤回后重新置空再送';
create unique index release_live_key on opendata.release (resource_id) where state = 'released';
create unique index release_review_key on opendata.release (resource_id) where state = 'review';
create index release_unsent on opendata.release (release_id) where sent_at is null and state in ('released', 'withdrawn');
create index release_newest on opendata.release (proposed_on desc, release_id desc);
grant select, insert, update on opendata.release to sanjiang_app;
