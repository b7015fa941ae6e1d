-- Demands join what is counted: filed, and used in the end. They have a number instead of a resource's code, hence no class.
create or replace view assessment.fact as
select e.*, case when e.code ~ '^[123]' then left(e.code, 3) end as class_code, left(p.division_code, 4) || '00' as region_code, p.path as provider_path, c.path as consumer_path
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
  union all
  select m.measure, 'demand', d.demand_id::text, d.demand_id::text, d.demand_no,
         case m.measure when 'demands' then d.filed_on else d.used_on end, d.supplier_organ_id, d.organ_id, d.demand_no, 1, null
  from sharing.published_demand d
  cross join (values ('demands'), ('demands_used')) m (measure)
  where d.withdrawn_on is null and d.filed_on is not null and (m.measure = 'demands' or d.used_on is not null)
) e
left join identity.organ p on p.organ_id = e.provider_organ_id
left join identity.organ c on c.organ_id = e.consumer_organ_id;
comment on view assessment.fact is '统计事实:一行即一条计入某项指标的记录,数字是 amount 之和,点开即这些行';
grant select on assessment.fact to sanjiang_app;
