-- What other modules may know of the ledger: how long each log is, and of calls what statistics need.
create view ledger.published_log as select log_id, role, size, opened_at from ledger.log;
comment on view ledger.published_log is '日志及其长度:供其他模块读取';
comment on column ledger.published_log.log_id is '日志';
comment on column ledger.published_log.role is '写入进程的角色';
comment on column ledger.published_log.size is '条目数';
comment on column ledger.published_log.opened_at is '开启时刻';
grant select on ledger.published_log to sanjiang_app;

create view ledger.published_call as
select log_id, seq, at, resource_code, grant_id, client_id, provider_organ_id, consumer_organ_id, outcome
from ledger.entry where kind = 'call';
comment on view ledger.published_call is '接口调用的存证:供统计读取,不含正文';
comment on column ledger.published_call.log_id is '日志';
comment on column ledger.published_call.seq is '序号';
comment on column ledger.published_call.at is '存证时刻';
comment on column ledger.published_call.resource_code is '资源代码';
comment on column ledger.published_call.grant_id is '授权';
comment on column ledger.published_call.client_id is '应用系统';
comment on column ledger.published_call.provider_organ_id is '提供方';
comment on column ledger.published_call.consumer_organ_id is '使用方';
comment on column ledger.published_call.outcome is '结果';
grant select on ledger.published_call to sanjiang_app;
