-- Applying for a conditional dataset: days promised, drafts that can be gone on with, what an applicant may still say.
alter table site.access drop column ends_at;
alter table site.access add column ends_on date not null;
comment on column site.access.ends_on is '期限末日:过了这一天即不能读取';

create table site.promise (
  dataset_id uuid constraint promise_pkey primary key,
  days integer not null constraint promise_days_check check (days > 0),
  source text not null
);
comment on table site.promise is '有条件开放数据集承诺的办理工作日数,由内部写入';
comment on column site.promise.dataset_id is '数据集标识';
comment on column site.promise.days is '工作日数';
comment on column site.promise.source is '依据';
grant select on site.promise to sanjiang_public;

alter table intake.submission drop constraint submission_kind_check;
alter table intake.submission add constraint submission_kind_check check (kind in
  ('question', 'correction', 'wish', 'support', 'showcase', 'broken_link', 'supplement', 'reopen', 'application', 'appeal',
   'mend', 'agreement', 'rekey'));
-- A form sent again is the same word, not another one.
create unique index submission_agreement_key on intake.submission (about) where kind = 'agreement';
create unique index submission_mend_key on intake.submission (about) where kind = 'mend';

/* accepted; known: said already; limited: too often; unknown: the code is not its code, or this cannot be said now. */
create function intake.act(p_number text, p_kind text, p_about text, p_body jsonb, p_code_hash text, p_address_hash text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if p_kind not in ('mend', 'agreement', 'rekey', 'appeal') then return 'unknown'; end if;
  if not exists (select from intake.state t where t.number = p_about and t.code_hash = p_code_hash and t.kind = 'application'
    and t.standing->'can' ? p_kind) then return 'unknown'; end if;
  if (select count(*) from intake.submission s where s.about = p_about and s.submitted_at > now() - interval '1 day') >= 10
    then return 'limited'; end if;
  insert into intake.submission (number, kind, about, body, code_hash, address_hash)
    values (p_number, p_kind, p_about, p_body, p_code_hash, p_address_hash) on conflict do nothing;
  return case when found then 'accepted' else 'known' end;
end $$;
comment on function intake.act is '申请人凭编号和查询码补正、确认协议、更换密钥、申诉';

create table intake.draft (
  number text constraint draft_pkey primary key constraint draft_number_check check (number ~ '^GK[0-9]{8}-[0-9A-HJKMNP-TV-Z]{8}$'),
  code_hash text not null,
  dataset_slug text not null constraint draft_dataset_slug_check check (length(dataset_slug) <= 64),
  body bytea not null constraint draft_body_check check (octet_length(body) <= 32768),
  address_hash text not null,
  saved_at timestamptz not null default now()
);
comment on table intake.draft is '未提交的申请:用查询码派生的密钥加密,三十天不动即删';
comment on column intake.draft.number is '编号:提交后即申请编号';
comment on column intake.draft.code_hash is '查询码与编号的摘要';
comment on column intake.draft.dataset_slug is '数据集';
comment on column intake.draft.body is '所填内容:AES-256-GCM,没有查询码不能解开';
comment on column intake.draft.address_hash is '网络地址用当日密钥作的摘要';
comment on column intake.draft.saved_at is '最近保存时刻';
create index draft_saved on intake.draft (saved_at);

create function intake.save_draft(p_number text, p_code_hash text, p_slug text, p_body bytea, p_address_hash text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from intake.draft d where d.saved_at < now() - interval '30 days';
  update intake.draft set body = p_body, saved_at = now() where number = p_number and code_hash = p_code_hash and dataset_slug = p_slug;
  if found then return 'accepted'; end if;
  if exists (select from intake.draft d where d.number = p_number)
    or exists (select from intake.submission s where s.number = p_number) then return 'unknown'; end if;
  if (select count(*) from intake.draft d where d.address_hash = p_address_hash and d.saved_at > now() - interval '1 hour') >= 30
    then return 'limited'; end if;
  if (select count(*) from (select from intake.draft limit 20000) w) >= 20000 then return 'full'; end if;
  insert into intake.draft (number, code_hash, dataset_slug, body, address_hash)
    values (p_number, p_code_hash, p_slug, p_body, p_address_hash);
  return 'accepted';
end $$;
comment on function intake.save_draft is '保存草稿:编号和查询码都对才能覆盖';

create function intake.draft_of(p_number text, p_code_hash text) returns table (dataset_slug text, body bytea, saved_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.dataset_slug, d.body, d.saved_at from intake.draft d where d.number = p_number and d.code_hash = p_code_hash
    and d.saved_at >= now() - interval '30 days'
$$;
comment on function intake.draft_of is '取回草稿';

create function intake.drop_draft(p_number text, p_code_hash text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from intake.draft where number = p_number and code_hash = p_code_hash
$$;
comment on function intake.drop_draft is '提交后删除草稿';

revoke execute on function intake.act, intake.save_draft, intake.draft_of, intake.drop_draft from public;
grant execute on function intake.act, intake.save_draft, intake.draft_of, intake.drop_draft to sanjiang_public;
