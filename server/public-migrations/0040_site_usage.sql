-- How often datasets are looked at, taken and asked: counted in the memory of the public processes, added up here every few seconds.
-- No visitor is told from another: no cookie, no address, no browser is kept.
create table site.usage_day (
  day date not null,
  dataset_id uuid not null,
  kind text not null constraint usage_day_kind_check check (kind in ('view', 'download', 'call')),
  count bigint not null constraint usage_day_count_check check (count > 0),
  constraint usage_day_pkey primary key (day, dataset_id, kind),
  constraint usage_day_dataset_fkey foreign key (dataset_id) references site.dataset on delete cascade
);
comment on table site.usage_day is '每日使用次数:不区分访问者,不含已知的爬虫';
comment on column site.usage_day.day is '业务日期';
comment on column site.usage_day.dataset_id is '数据集标识';
comment on column site.usage_day.kind is '种类:view 浏览概览页,download 下载文件,call 调用接口';
comment on column site.usage_day.count is '次数';
create index usage_day_dataset on site.usage_day (dataset_id, kind);
grant select on site.usage_day to sanjiang_public;

create table site.usage_writer (
  writer_id uuid constraint usage_writer_pkey primary key,
  batch_no bigint not null constraint usage_writer_batch_no_check check (batch_no > 0),
  written_at timestamptz not null default now()
);
comment on table site.usage_writer is '计数的进程:记住各自最后写入的一批,重发的不再计';
comment on column site.usage_writer.writer_id is '进程启动时取的随机标识';
comment on column site.usage_writer.batch_no is '最后写入的一批的序号';
comment on column site.usage_writer.written_at is '写入时刻:两天前的即删';

create function site.add_usage(p_writer uuid, p_batch bigint, p_counts jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_array_length(p_counts) > 5000 then raise exception 'too many counts in one batch'; end if;
  insert into site.usage_writer as w (writer_id, batch_no) values (p_writer, p_batch)
    on conflict (writer_id) do update set batch_no = excluded.batch_no, written_at = now() where w.batch_no < excluded.batch_no;
  if not found then return false; end if;
  insert into site.usage_day as u (day, dataset_id, kind, count)
    select site.today(), d.dataset_id, c.kind, sum(least(c.count, 1000000))
    from jsonb_to_recordset(p_counts) as c (slug text, kind text, count integer) join site.dataset d on d.slug = c.slug
    where c.kind in ('view', 'download', 'call') and c.count > 0
    group by d.dataset_id, c.kind order by d.dataset_id, c.kind
    on conflict (day, dataset_id, kind) do update set count = u.count + excluded.count;
  delete from site.usage_writer w where w.written_at < now() - interval '2 days';
  return true;
end $$;
comment on function site.add_usage is '加上一批次数;同一批再来不再加。门户的帐号只能经它写入';
revoke execute on function site.add_usage from public;
grant execute on function site.add_usage to sanjiang_public;
