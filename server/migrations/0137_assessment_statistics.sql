create schema assessment;
comment on schema assessment is '考核:统计、指标,全部由各模块的记录推得';
grant usage on schema assessment to sanjiang_app;

-- Calls may be millions: they are added up by day as they are sealed, so that a page reads thousands of rows at most.
create table assessment.use_day (
  day date not null,
  kind text not null constraint use_day_kind_check check (kind in ('call', 'delivery')),
  outcome text not null,
  grant_id uuid not null,
  resource_code text not null,
  provider_organ_id text not null,
  consumer_organ_id text not null,
  times bigint not null constraint use_day_times_check check (times > 0),
  row_count bigint not null constraint use_day_row_count_check check (row_count >= 0),
  constraint use_day_pkey primary key (day, kind, outcome, grant_id, resource_code, provider_organ_id, consumer_organ_id)
);
comment on table assessment.use_day is '每日使用:由存证条目逐条累加,同一条目只计一次';
comment on column assessment.use_day.day is '日期:存证时刻的北京时间日期';
comment on column assessment.use_day.kind is '种类:call 接口调用,delivery 数据签收';
comment on column assessment.use_day.outcome is '结果:签收为 accepted';
comment on column assessment.use_day.grant_id is '授权';
comment on column assessment.use_day.resource_code is '信息资源代码';
comment on column assessment.use_day.provider_organ_id is '提供方';
comment on column assessment.use_day.consumer_organ_id is '使用方';
comment on column assessment.use_day.times is '次数';
comment on column assessment.use_day.row_count is '行数';
create index use_day_grant on assessment.use_day (grant_id, day);
grant select, insert, update on assessment.use_day to sanjiang_app;

create table assessment.use_mark (
  log_id uuid constraint use_mark_pkey primary key,
  next_seq bigint not null constraint use_mark_next_seq_check check (next_seq >= 0)
);
comment on table assessment.use_mark is '累加进度:每本日志累加到哪一条';
comment on column assessment.use_mark.log_id is '日志';
comment on column assessment.use_mark.next_seq is '下一条:此前的都已累加';
grant select, insert, update on assessment.use_mark to sanjiang_app;

-- One row is one record that counts, in one measure: a figure is the sum of `amount`, and its records are the same rows listed.
create view assessment.fact as
select e.*, left(e.code, 3) as class_code, left(p.division_code, 4) || '00' as region_code, p.path as provider_path, c.path as consumer_path
from (
  select m.measure, 'resource'::text as record_kind, r.resource_id::text as record_id, r.resource_id::text as record_key,
         r.name as title, r.first_published_on as day, r.provider_organ_id, null::text as consumer_organ_id, r.code,
         (case m.measure when 'items' then r.item_count else 1 end)::bigint as amount, r.audience_path
  from catalog.published_resource r
  cross join (values ('entries'), ('items'), ('attached')) m (measure)
  where m.measure <> 'attached' or cardinality(r.attached_methods) > 0
  union all
  select m.measure, 'request', r.request_id::text, r.request_id::text, r.request_no || ' ' || r.resource_name,
         case m.measure when 'requests' then r.submitted_on else r.decided_on end, r.provider_organ_id, r.consumer_organ_id,
         r.resource_code, 1, null
  from sharing.published_request r
  cross join (values ('requests'), ('answered'), ('refused')) m (measure)
  where m.measure = 'requests' or (r.decided_on is not null and (m.measure = 'answered' or r.outcome = 'refused'))
  union all
  select 'grants', 'grant', g.grant_id::text, g.grant_id::text, r.name, g.starts_on, g.provider_organ_id, g.consumer_organ_id,
         g.resource_code, 1, null
  from sharing.published_grant g left join catalog.published_resource r on r.resource_id = g.resource_id
  where g.status = 'active'
  union all
  select case u.kind when 'call' then 'calls' else 'rows' end, u.kind, u.grant_id::text,
         concat_ws(' ', u.grant_id, u.outcome, u.resource_code), u.resource_code, u.day, u.provider_organ_id, u.consumer_organ_id,
         u.resource_code, case u.kind when 'call' then u.times else u.row_count end, null
  from assessment.use_day u
  where u.kind = 'delivery' or u.outcome = 'answered'
) e
left join identity.organ p on p.organ_id = e.provider_organ_id
left join identity.organ c on c.organ_id = e.consumer_organ_id;
comment on view assessment.fact is '统计事实:一行即一条计入某项指标的记录,数字是 amount 之和,点开即这些行';
grant select on assessment.fact to sanjiang_app;
