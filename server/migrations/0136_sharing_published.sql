create view sharing.published_request as
select request_id, request_no, state, outcome, resource_id, resource_code, resource_name, provider_organ_id, consumer_organ_id,
       access_mode, submitted_on, decided_on, round
from sharing.request where submitted_on is not null;
comment on view sharing.published_request is '已提交的共享申请:供其他模块读取';
comment on column sharing.published_request.request_id is '申请';
comment on column sharing.published_request.request_no is '申请编号';
comment on column sharing.published_request.state is '状态';
comment on column sharing.published_request.outcome is '最近一次答复的结果:未答复为空';
comment on column sharing.published_request.resource_id is '资源';
comment on column sharing.published_request.resource_code is '信息资源代码:申请时的';
comment on column sharing.published_request.resource_name is '资源名称:申请时的';
comment on column sharing.published_request.provider_organ_id is '提供方';
comment on column sharing.published_request.consumer_organ_id is '使用方';
comment on column sharing.published_request.access_mode is '提供方式';
comment on column sharing.published_request.submitted_on is '提交日期';
comment on column sharing.published_request.decided_on is '最近一次答复日期';
comment on column sharing.published_request.round is '轮次';
grant select on sharing.published_request to sanjiang_app;
