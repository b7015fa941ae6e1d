-- A stream of changes that never rests: an edition is cut from it all the same, at latest so long after it was due.
create or replace view exchange.published_subscription as
select s.subscription_id, s.grant_id, s.feed_id, s.resource_id, s.provider_organ_id, s.consumer_organ_id, s.target_kind, s.state, s.rows_total,
       s.bytes_total, s.last_accepted_at, s.created_at, s.target, w.is_whole and s.next_seq >= f.head as is_at_rest, w.is_whole
from exchange.subscription s
join exchange.feed f on f.feed_id = s.feed_id
left join exchange.run b on b.run_id = s.base_run_id
cross join lateral (
  select coalesce(b.state = 'finished', false) and not exists (
    select from exchange.run r where r.feed_id = s.feed_id and r.kind <> 'changes' and r.state = 'running'
      and (r.subscription_id is null or r.subscription_id = s.subscription_id)) as is_whole) w;
comment on column exchange.published_subscription.is_whole is '目标是提供方某一时刻的样子:全量已完成,没有正在进行的全量或修复批次;变更可能还在途中';

alter table opendata.source add column rest_hours integer not null default 6 constraint source_rest_hours_check check (rest_hours between 0 and 744);
comment on column opendata.source.rest_hours is '该取一版时若变更不断,至多再等多少小时;等不到静止也取';
alter table opendata.source alter column rest_hours drop default;
