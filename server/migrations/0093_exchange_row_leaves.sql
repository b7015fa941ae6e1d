-- What is kept of each row of a delivered chunk, where the feed asks for it: 48 bytes a row and the chunk's salt, sealed
-- with a key that is not in the database. Written before the receipt that carries its root, hence found by that root.
create table exchange.row_leaves (
  subscription_id uuid not null,
  generation integer not null,
  seq bigint not null,
  root bytea not null,
  month date not null,
  rows integer not null,
  sealed bytea not null,
  made_at timestamptz(3) not null,
  constraint row_leaves_pkey primary key (subscription_id, generation, seq, root, month)
) partition by range (month);
comment on table exchange.row_leaves is '逐行叶:每行 48 字节与该块的盐,加密;期满按月整体删除,不含数据';
comment on column exchange.row_leaves.subscription_id is '订阅:分布列';
comment on column exchange.row_leaves.generation is '代次';
comment on column exchange.row_leaves.seq is '数据块序号';
comment on column exchange.row_leaves.root is '叶根:与交付回执所载相同';
comment on column exchange.row_leaves.month is '月份:生成时刻所在月(UTC)的首日,分区列';
comment on column exchange.row_leaves.rows is '行数';
comment on column exchange.row_leaves.sealed is '密文:盐 32 字节后接各叶,AES-256-GCM';
comment on column exchange.row_leaves.made_at is '生成时刻';
-- Hashes: pglz would only cost time.
alter table exchange.row_leaves alter column sealed set storage external;
grant select, insert on exchange.row_leaves to sanjiang_exchange;
grant select on exchange.row_leaves to sanjiang_app;

create function exchange.ensure_row_leaves_month(wanted date) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if wanted <> date_trunc('month', wanted)::date then raise exception 'not the first day of a month: %', wanted; end if;
  if to_regclass(format('exchange.%I', 'row_leaves' || to_char(wanted, '_YYYY_MM'))) is null then
    perform pg_advisory_xact_lock(hashtext('exchange.ensure_month'));
    execute format('create table if not exists exchange.%I partition of exchange.row_leaves for values from (%L) to (%L)',
      'row_leaves' || to_char(wanted, '_YYYY_MM'), wanted, (wanted + interval '1 month')::date);
  end if;
end $$;
comment on function exchange.ensure_row_leaves_month(date) is '准备一个月的逐行叶分区';
revoke execute on function exchange.ensure_row_leaves_month(date) from public;
grant execute on function exchange.ensure_row_leaves_month(date) to sanjiang_app, sanjiang_exchange;

-- The six months of 网络安全法 第二十一条 (T16.3) are kept here as well: no setting, and nobody who has the application's
-- connection, can drop a younger month.
create function exchange.drop_row_leaves(before date) returns integer language plpgsql security definer set search_path = pg_catalog as $$
declare
  part text;
  dropped integer := 0;
begin
  if before <> date_trunc('month', before)::date then raise exception 'not the first day of a month: %', before; end if;
  if before > date_trunc('month', now() at time zone 'UTC') - interval '6 months' then
    raise exception 'row leaves are kept for six months at least: %', before;
  end if;
  for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'exchange.row_leaves'::regclass and c.relname ~ '^row_leaves_\d{4}_\d{2}$'
      and to_date(right(c.relname, 7), 'YYYY_MM') < before
  loop
    execute format('drop table exchange.%I', part);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
comment on function exchange.drop_row_leaves(date) is '删除早于某月的逐行叶分区;不满六个月的拒绝';
revoke execute on function exchange.drop_row_leaves(date) from public;
grant execute on function exchange.drop_row_leaves(date) to sanjiang_app;
