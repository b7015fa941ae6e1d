-- What citizens send, and what is answered to them. The public login may call three functions and read what everybody may read;
-- it reads no submission, no contact and nobody's state without number and code.
create schema intake;
comment on schema intake is '公众来件:门户只能投递,并凭编号和查询码读一件的办理状态';
grant usage on schema intake to sanjiang_public;

create table site.clock (
  is_only boolean not null default true constraint clock_pkey primary key constraint clock_only_check check (is_only),
  offset_days integer not null
);
comment on table site.clock is '业务日期:由内部写入,演示省份活在 2017 至 2018 年';
comment on column site.clock.is_only is '只有一行';
comment on column site.clock.offset_days is '业务日期比北京日期多的天数:正式运行为 0';
grant select on site.clock to sanjiang_public;

create function site.today() returns date language sql stable as
  $$ select (now() at time zone 'Asia/Shanghai')::date + coalesce((select offset_days from site.clock), 0) $$;
comment on function site.today() is '业务日期';

create table intake.day_key (
  day date constraint day_key_pkey primary key,
  key bytea not null
);
comment on table intake.day_key is '每日随机密钥:网络地址的摘要和表单令牌用它,过两天即删,此后摘要不可还原';
comment on column intake.day_key.day is '北京日期';
comment on column intake.day_key.key is '密钥';

create function intake.day_keys() returns table (day date, key text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  now_day constant date := (now() at time zone 'Asia/Shanghai')::date;
begin
  if not exists (select from intake.day_key d where d.day = now_day) then
    insert into intake.day_key (day, key)
      values (now_day, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')) on conflict do nothing;
    delete from intake.day_key d where d.day < now_day - 1;
  end if;
  return query select d.day, encode(d.key, 'hex') from intake.day_key d order by d.day desc;
end $$;
comment on function intake.day_keys() is '今天和昨天的密钥,今天的在前';

create table intake.submission (
  submission_no bigint generated always as identity constraint submission_pkey primary key,
  number text not null constraint submission_number_key unique
    constraint submission_number_check check (number ~ '^GK[0-9]{8}-[0-9A-HJKMNP-TV-Z]{8}$'),
  kind text not null constraint submission_kind_check check (kind in
    ('question', 'correction', 'wish', 'support', 'showcase', 'broken_link', 'supplement', 'reopen', 'application', 'appeal')),
  dataset_slug text constraint submission_dataset_slug_check check (length(dataset_slug) <= 64),
  about text constraint submission_about_check check (length(about) <= 32),
  body jsonb not null constraint submission_body_check check (octet_length(body::text) <= 131072),
  contact jsonb constraint submission_contact_check check (octet_length(contact::text) <= 2048),
  code_hash text not null constraint submission_code_hash_check check (code_hash ~ '^[0-9a-f]{64}$'),
  address_hash text not null constraint submission_address_hash_check check (address_hash ~ '^[0-9a-f]{64}$'),
  submitted_at timestamptz not null default now(),
  submitted_on date not null default (now() at time zone 'Asia/Shanghai')::date,
  pulled_at timestamptz,
  constraint submission_pulled_check check (pulled_at is null or (body = '{}' and contact is null))
);
comment on table intake.submission is '公众来件:内部取走后只留编号,内容与联系方式即清空';
comment on column intake.submission.submission_no is '先后';
comment on column intake.submission.number is '编号:业务日期加随机八位';
comment on column intake.submission.kind is '种类:question 提问,correction 纠错,wish 未开放数据需求,support 附议,showcase 应用登记,broken_link 链接失效,supplement 补充,reopen 重新办理,application 有条件开放申请,appeal 申诉';
comment on column intake.submission.dataset_slug is '所说的数据集:没有则为空';
comment on column intake.submission.about is '所说的另一件:附议、补充、重新办理、申诉时填其编号';
comment on column intake.submission.body is '内容:取走后为空对象';
comment on column intake.submission.contact is '联系方式:可以不填,取走后为空';
comment on column intake.submission.code_hash is '查询码与编号的摘要:补充与重新办理时为原件的';
comment on column intake.submission.address_hash is '网络地址用当日密钥作的摘要:只用来限制频率和去重,两天后不可还原';
comment on column intake.submission.submitted_at is '提交时刻';
comment on column intake.submission.submitted_on is '提交的北京日期';
comment on column intake.submission.pulled_at is '内部取走的时刻:未取为空';
create index submission_waiting on intake.submission (submission_no) where pulled_at is null;
create index submission_address on intake.submission (address_hash, submitted_at);
create unique index submission_support_key on intake.submission (about, address_hash, submitted_on) where kind = 'support';

create table intake.state (
  number text constraint state_pkey primary key,
  code_hash text not null,
  kind text not null,
  standing jsonb not null,
  revision integer not null constraint state_revision_check check (revision > 0),
  changed_at timestamptz not null default now()
);
comment on table intake.state is '办理状态:内部写入,只有持编号和查询码的人读得到';
comment on column intake.state.number is '编号';
comment on column intake.state.code_hash is '查询码与编号的摘要';
comment on column intake.state.kind is '种类';
comment on column intake.state.standing is '状态、经过、答复';
comment on column intake.state.revision is '修订号:较旧的不覆盖较新的';
comment on column intake.state.changed_at is '最近写入时刻';

create table site.thread (
  number text constraint thread_pkey primary key,
  kind text not null,
  dataset_slug text,
  title text not null,
  text text not null,
  state text not null constraint thread_state_check check (state in ('waiting', 'answered')),
  organ_name text,
  received_on date not null,
  rule_code text,
  clock_started_on date,
  answered_on date,
  outcome text,
  answer text,
  support_count integer not null default 0 constraint thread_support_count_check check (support_count >= 0),
  detail jsonb not null default '{}',
  timeline jsonb not null default '[]',
  revision integer not null constraint thread_revision_check check (revision > 0),
  changed_at timestamptz not null default now()
);
comment on table site.thread is '公开的来件与答复:审核后由内部写入,文字中的个人号码已去除,不含联系方式';
comment on column site.thread.number is '编号';
comment on column site.thread.kind is '种类:question、correction、wish、showcase';
comment on column site.thread.dataset_slug is '所说的数据集';
comment on column site.thread.title is '标题';
comment on column site.thread.text is '公开的文字';
comment on column site.thread.state is '状态:waiting 办理中,answered 已答复';
comment on column site.thread.organ_name is '办理部门';
comment on column site.thread.received_on is '收到日期';
comment on column site.thread.rule_code is '办理时限的规则:没有时限则为空';
comment on column site.thread.clock_started_on is '时限起算日:重新办理的从重新收到起';
comment on column site.thread.answered_on is '答复日期';
comment on column site.thread.outcome is '结论';
comment on column site.thread.answer is '答复';
comment on column site.thread.support_count is '附议数:同一网络地址每天只计一次';
comment on column site.thread.detail is '各种类自己的公开内容:纠错的字段、应用的网址与所用数据集、需求的计划开放日期';
comment on column site.thread.timeline is '经过:[{on, title, text}]';
comment on column site.thread.revision is '修订号:较旧的不覆盖较新的';
comment on column site.thread.changed_at is '最近写入时刻';
create index thread_dataset on site.thread (dataset_slug, received_on desc) where dataset_slug is not null;
create index thread_kind on site.thread (kind, received_on desc, number);
grant select on site.thread to sanjiang_public;

create table site.answer_month (
  month text constraint answer_month_month_check check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  kind text,
  received integer not null,
  answered integer not null,
  on_time integer not null,
  overdue integer not null,
  constraint answer_month_pkey primary key (month, kind)
);
comment on table site.answer_month is '按月按种类的答复情况:按收到月份计,由内部算好写入';
comment on column site.answer_month.month is '收到的月份';
comment on column site.answer_month.kind is '种类';
comment on column site.answer_month.received is '收到件数(不含不予受理的)';
comment on column site.answer_month.answered is '已答复件数';
comment on column site.answer_month.on_time is '在承诺时限内答复的件数';
comment on column site.answer_month.overdue is '已过时限仍未答复的件数';
grant select on site.answer_month to sanjiang_public;

/*
 * accepted; known: the same form sent again, or supported today already; limited: this address too often; full: the inside has not
 * fetched for long; unknown: what it is about is not there, or the code is not its code.
 */
create function intake.submit(p_number text, p_kind text, p_dataset_slug text, p_about text, p_body jsonb, p_contact jsonb,
  p_code_hash text, p_address_hash text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from intake.submission s where s.number = p_number) then return 'known'; end if;
  if p_kind in ('supplement', 'reopen', 'appeal') and not exists (
    select from intake.state t where t.number = p_about and t.code_hash = p_code_hash) then return 'unknown'; end if;
  if p_kind in ('support', 'broken_link') and not exists (select from site.thread t where t.number = p_about
    and t.kind = case p_kind when 'support' then 'wish' else 'showcase' end) then return 'unknown'; end if;
  if (select count(*) from intake.submission s where s.address_hash = p_address_hash and s.submitted_at > now() - interval '1 hour')
    >= 30 then return 'limited'; end if;
  if (select count(*) from (select from intake.submission s where s.pulled_at is null limit 5000) w) >= 5000 then return 'full'; end if;
  insert into intake.submission (number, kind, dataset_slug, about, body, contact, code_hash, address_hash)
    values (p_number, p_kind, p_dataset_slug, p_about, p_body, p_contact, p_code_hash, p_address_hash) on conflict do nothing;
  return case when found then 'accepted' else 'known' end;
end $$;
comment on function intake.submit is '投递一件';

create function intake.state_of(p_number text, p_code_hash text)
returns table (kind text, submitted_at timestamptz, standing jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(t.kind, s.kind), s.submitted_at, t.standing
  from (select p_number as number, p_code_hash as code_hash) p
  left join intake.submission s on s.number = p.number and s.code_hash = p.code_hash and s.kind not in ('supplement', 'reopen', 'support')
  left join intake.state t on t.number = p.number and t.code_hash = p.code_hash
  where s.number is not null or t.number is not null
$$;
comment on function intake.state_of is '一件的办理状态:编号和查询码都对才有';

revoke execute on all functions in schema intake from public;
grant execute on function intake.day_keys, intake.submit, intake.state_of to sanjiang_public;
