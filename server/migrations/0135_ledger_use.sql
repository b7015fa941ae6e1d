-- Use as statistics count it: calls answered or not, and rows signed for. Large calls and chunks name their size in the body alone.
create view ledger.published_use as
select log_id, seq, at, kind, resource_code, grant_id, provider_organ_id, consumer_organ_id, outcome,
       case when kind = 'chunk_accepted' then (body::jsonb #>> '{body,rows}')::bigint else 0 end as row_count
from ledger.entry where kind in ('call', 'call_closed', 'chunk_accepted');
comment on view ledger.published_use is '使用的存证:接口调用与签收的数据行,供统计读取,不含正文';
comment on column ledger.published_use.log_id is '日志';
comment on column ledger.published_use.seq is '序号';
comment on column ledger.published_use.at is '存证时刻';
comment on column ledger.published_use.kind is '种类:call、call_closed 为调用,chunk_accepted 为签收';
comment on column ledger.published_use.resource_code is '资源代码';
comment on column ledger.published_use.grant_id is '授权';
comment on column ledger.published_use.provider_organ_id is '提供方';
comment on column ledger.published_use.consumer_organ_id is '使用方';
comment on column ledger.published_use.outcome is '结果:签收为空';
comment on column ledger.published_use.row_count is '签收行数:调用为 0';
grant select on ledger.published_use to sanjiang_app;
