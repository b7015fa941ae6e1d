-- Datasets whose rows come through the exchange. What the exchange and the accounts tell of it stands in views of theirs.
create or replace view exchange.published_subscription as
select s.subscription_id, s.grant_id, s.feed_id, s.resource_id, s.provider_organ_id, s.consumer_organ_id, s.target_kind, s.state, s.rows_total,
       s.bytes_total, s.last_accepted_at, s.created_at, s.target,
       coalesce(b.state = 'finished', false) and s.next_seq >= f.head and not exists (
         select from exchange.run r where r.feed_id = s.feed_id and r.kind <> 'changes' and r.state = 'running'
           and (r.subscription_id is null or r.subscription_id = s.subscription_id)) as is_at_rest
from exchange.subscription s
join exchange.feed f on f.feed_id = s.feed_id
left join exchange.run b on b.run_id = s.base_run_id;
comment on column exchange.published_subscription.target is '目标库表或文件夹';
comment on column exchange.published_subscription.is_at_rest is '目标处于静止:全量已完成,全部数据块已签收,没有正在进行的批次';

create view identity.published_post as select distinct role, organ_id from identity.person_role;
comment on view identity.published_post is '各机构设有哪些岗位:不含人员';
comment on column identity.published_post.role is '角色';
comment on column identity.published_post.organ_id is '机构';
grant select on identity.published_post to sanjiang_app;

create table opendata.source (
  resource_id uuid constraint source_pkey primary key,
  organ_id text not null constraint source_organ_id_fkey references identity.organ,
  title text not null,
  subscription_id uuid not null,
  grant_id uuid not null,
  stage_table text not null constraint source_stage_table_check check (stage_table ~ '^load\.[a-z][a-z0-9_]{0,62}$'),
  every_hours integer not null constraint source_every_hours_check check (every_hours between 1 and 744),
  state text not null constraint source_state_check check (state in ('following', 'ended')),
  end_reason text constraint source_end_reason_check
    check (end_reason in ('grant_revoked', 'grant_expired', 'subscription_ended', 'unbound')),
  ended_on date,
  bound_by_name text not null,
  bound_at timestamptz(3) not null,
  followed_at timestamptz(3),
  taken_at timestamptz(3),
  edition_id uuid constraint source_edition_id_fkey references opendata.edition,
  constraint source_ended_check check ((state = 'ended') = (end_reason is not null) and (end_reason is null) = (ended_on is null)),
  constraint source_taken_check check ((followed_at is null) = (taken_at is null) and (taken_at is null) = (edition_id is null))
);
comment on table opendata.source is '经数据交换供数的开放数据集:跟随哪一个订阅,跟到哪里';
comment on column opendata.source.resource_id is '目录资源';
comment on column opendata.source.organ_id is '提供方';
comment on column opendata.source.title is '资源名称';
comment on column opendata.source.subscription_id is '开放门户主管单位的订阅';
comment on column opendata.source.grant_id is '订阅所依据的授权';
comment on column opendata.source.stage_table is '暂存库中由前置节点装载的表';
comment on column opendata.source.every_hours is '两版之间至少隔多少小时';
comment on column opendata.source.state is '状态:following 跟随中,ended 已结束';
comment on column opendata.source.end_reason is '结束原因:grant_revoked 授权已收回,grant_expired 授权已到期,subscription_ended 订阅已结束,unbound 提供方已解除';
comment on column opendata.source.ended_on is '结束的业务日期';
comment on column opendata.source.bound_by_name is '指定人';
comment on column opendata.source.bound_at is '指定时刻';
comment on column opendata.source.followed_at is '跟到哪里:最近一版取数时的最近签收时刻';
comment on column opendata.source.taken_at is '最近一次取数的时刻';
comment on column opendata.source.edition_id is '最近一版';
create index source_following on opendata.source (resource_id) where state = 'following';
grant select, insert, update on opendata.source to sanjiang_app;
