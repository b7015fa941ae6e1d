-- Who may read a conditional dataset: the hash of a key handed out on a confirmed agreement; and what each key was used for.
create schema if not exists intake;
grant usage on schema intake to sanjiang_public;

create table site.access (
  access_id uuid constraint access_pkey primary key,
  dataset_id uuid not null,
  key_hash text not null constraint access_key_hash_key unique constraint access_key_hash_check check (key_hash ~ '^[0-9a-f]{64}$'),
  ends_at timestamptz not null,
  revoked_at timestamptz,
  daily_requests integer not null constraint access_daily_requests_check check (daily_requests > 0),
  daily_bytes bigint not null constraint access_daily_bytes_check check (daily_bytes > 0)
);
comment on table site.access is '有条件开放数据集的访问许可:凭密钥读取,由内部写入';
comment on column site.access.access_id is '许可标识';
comment on column site.access.dataset_id is '数据集标识';
comment on column site.access.key_hash is '密钥的 SHA-256(十六进制);密钥本身不保存';
comment on column site.access.ends_at is '到期时刻:期限末日的次日零时(北京时间)';
comment on column site.access.revoked_at is '收回时刻:未收回为空';
comment on column site.access.daily_requests is '每日次数上限';
comment on column site.access.daily_bytes is '每日字节上限';
grant select on site.access to sanjiang_public;

create table intake.use (
  use_id uuid constraint use_pkey primary key,
  access_id uuid not null constraint use_access_fkey references site.access,
  what text not null,
  used_at timestamptz not null default now(),
  bytes bigint
);
comment on table intake.use is '凭密钥的每次读取:内部取走后删除';
comment on column intake.use.use_id is '读取标识';
comment on column intake.use.access_id is '许可';
comment on column intake.use.what is '读取的地址(不含参数)';
comment on column intake.use.used_at is '开始时刻';
comment on column intake.use.bytes is '送出的字节数:尚未结束时为空';
create index use_order on intake.use (used_at);

create table intake.use_day (
  access_id uuid not null constraint use_day_access_fkey references site.access,
  used_on date not null,
  requests integer not null,
  bytes bigint not null,
  constraint use_day_pkey primary key (access_id, used_on)
);
comment on table intake.use_day is '每个许可每日的用量:据以执行协议约定的上限';
comment on column intake.use_day.access_id is '许可';
comment on column intake.use_day.used_on is '日期(北京时间)';
comment on column intake.use_day.requests is '次数';
comment on column intake.use_day.bytes is '字节数';

-- The public login holds no right on these tables; it may only begin a use and say how it ended.
create function intake.begin_use(asked uuid, address text) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare
  begun uuid := gen_random_uuid();
begin
  insert into intake.use_day as d (access_id, used_on, requests, bytes)
  values (asked, (now() at time zone 'Asia/Shanghai')::date, 1, 0)
  on conflict (access_id, used_on) do update set requests = d.requests + 1
  where exists (select from site.access a where a.access_id = asked and d.requests < a.daily_requests and d.bytes < a.daily_bytes);
  if not found then return null; end if;
  insert into intake.use (use_id, access_id, what) values (begun, asked, left(address, 300));
  return begun;
end $$;
comment on function intake.begin_use(uuid, text) is '记下一次读取的开始;当日用量已满时返回空';

create function intake.end_use(begun uuid, sent bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  done intake.use;
begin
  update intake.use set bytes = greatest(sent, 0) where use_id = begun and bytes is null returning * into done;
  if not found then return; end if;
  update intake.use_day set bytes = bytes + done.bytes
  where access_id = done.access_id and used_on = (done.used_at at time zone 'Asia/Shanghai')::date;
end $$;
comment on function intake.end_use(uuid, bigint) is '记下一次读取送出的字节数,只记一次';
revoke execute on function intake.begin_use(uuid, text), intake.end_use(uuid, bigint) from public;
grant execute on function intake.begin_use(uuid, text), intake.end_use(uuid, bigint) to sanjiang_public;
