-- What is unique besides the key, how new the source's newest row is, and whether a stale source is held.
alter table exchange.feed
  add column unique_items jsonb not null default '[]',
  add column hold_stale boolean not null default false,
  add column newest_on date,
  add column stale_on date;
comment on column exchange.feed.unique_items is '除键以外取值不得重复的信息项';
comment on column exchange.feed.hold_stale is '超过更新周期没有新数据时暂扣';
comment on column exchange.feed.newest_on is '源数据最新到哪一天:增量字段的最大值,没有这样的字段时为最近一次有变更的日子';
comment on column exchange.feed.stale_on is '哪一天发现超过了更新周期;没有超过为空';
alter table exchange.feed drop constraint feed_hold_reason_check;
alter table exchange.feed add constraint feed_hold_reason_check check (hold_reason in ('quality', 'drift', 'stale', 'provider'));
grant update (newest_on, stale_on) on exchange.feed to sanjiang_exchange;
