-- One announcement on its way per subscription: what comes meanwhile is told by the next one.
alter table exchange.notice add column generation integer not null default 1;
alter table exchange.notice alter column generation drop default;
alter table exchange.notice add column tried_at timestamptz(3);
comment on column exchange.notice.generation is '代次:回退或重新全量之后重新告知';
comment on column exchange.notice.tried_at is '最近一次尝试的时刻';
alter table exchange.notice drop constraint notice_state_check;
alter table exchange.notice add constraint notice_state_check check (state in ('waiting', 'sent', 'dead', 'superseded', 'void'));
drop index exchange.notice_once_key;
create unique index notice_once_key on exchange.notice (subscription_id, generation, head);
create unique index notice_waiting_key on exchange.notice (subscription_id) where state = 'waiting';
create index notice_subscription on exchange.notice (subscription_id, notice_id desc);
grant delete on exchange.notice to sanjiang_app;

create table exchange.webhook (
  subscription_id uuid constraint webhook_pkey primary key
    constraint webhook_subscription_id_fkey references exchange.subscription,
  sealed_secret text not null,
  issued_at timestamptz(3) not null,
  former_secret text,
  former_until timestamptz(3)
);
comment on table exchange.webhook is '推送通知的签名密钥:以节点密钥加密,只在签发时显示一次';
comment on column exchange.webhook.subscription_id is '订阅';
comment on column exchange.webhook.sealed_secret is '密钥:以节点密钥加密';
comment on column exchange.webhook.issued_at is '签发时刻';
comment on column exchange.webhook.former_secret is '前一密钥:以节点密钥加密;更换后并用一日';
comment on column exchange.webhook.former_until is '前一密钥并用到何时';
grant select, insert, update on exchange.webhook to sanjiang_app;

alter table exchange.subscription add column pull_counter bigint not null default 0
  constraint subscription_pull_counter_check check (pull_counter >= 0);
comment on column exchange.subscription.pull_counter is '应用系统取数请求的最大计数:不大于它的请求是重放';
-- An application pulls at the agents' door: whether its key is in use the door reads, and it counts its requests.
grant update (pull_counter) on exchange.subscription to sanjiang_exchange;
grant select on identity.client, identity.client_key to sanjiang_exchange;
