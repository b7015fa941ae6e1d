-- The public side's own database. Its process reads as sanjiang_public; what stands here was put here from the inside, by the owner.
do $$
begin
  if not exists (select from pg_roles where rolname = 'sanjiang_public') then create role sanjiang_public nologin; end if;
exception when duplicate_object or unique_violation then null; -- another database of the same cluster was first
end $$;

create schema site;
comment on schema site is '公共开放门户:只含已通过保密审查的开放内容';
grant usage on schema site to sanjiang_public;

create table site.dataset (
  dataset_id uuid constraint dataset_pkey primary key,
  slug text not null constraint dataset_slug_key unique,
  release_no integer not null constraint dataset_release_no_check check (release_no > 0),
  state text not null constraint dataset_state_check check (state in ('open', 'withdrawn')),
  title text not null,
  open_type text not null constraint dataset_open_type_check check (open_type in ('unconditional', 'conditional')),
  organ_name text not null,
  theme_title text not null,
  content jsonb not null,
  words text not null,
  released_on date not null,
  withdrawn_on date,
  withdrawn_reason text,
  constraint dataset_withdrawn_check check ((state = 'withdrawn') = (withdrawn_on is not null and withdrawn_reason is not null))
);
comment on table site.dataset is '开放数据集:每个资源一行,由内部发布写入;撤回的留作标记';
comment on column site.dataset.dataset_id is '数据集标识:即目录资源标识';
comment on column site.dataset.slug is '地址中的名字:信息资源代码,斜杠写作连字符,永不改变';
comment on column site.dataset.release_no is '发布序号:较旧的发布不得覆盖较新的';
comment on column site.dataset.state is '状态:open 开放中,withdrawn 已撤回';
comment on column site.dataset.title is '名称';
comment on column site.dataset.open_type is '开放类型';
comment on column site.dataset.organ_name is '提供部门';
comment on column site.dataset.theme_title is '主题';
comment on column site.dataset.content is '经审查的全部公开内容';
comment on column site.dataset.words is '检索用文字:名称、摘要、部门、信息项、关键词';
comment on column site.dataset.released_on is '发布日期';
comment on column site.dataset.withdrawn_on is '撤回日期:开放中为空';
comment on column site.dataset.withdrawn_reason is '撤回理由:开放中为空';
create index dataset_released on site.dataset (released_on desc, dataset_id);
grant select on site.dataset to sanjiang_public;
