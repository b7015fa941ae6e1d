-- Who guesses codes is made to wait, however many public processes he asks: the count stands here and not in their memory.
create table intake.attempt (
  address_hash text constraint attempt_pkey primary key constraint attempt_address_hash_check check (address_hash ~ '^[0-9a-f]{64}$'),
  since timestamptz not null,
  wrong integer not null constraint attempt_wrong_check check (wrong between 0 and 10)
);
comment on table intake.attempt is '按编号和查询码查询的次数:同一网络地址十分钟内错满十次即须等候,过后即删';
comment on column intake.attempt.address_hash is '网络地址用当日密钥作的摘要';
comment on column intake.attempt.since is '十分钟从何时算起';
comment on column intake.attempt.wrong is '错误次数,包括正在查的';
create index attempt_since on intake.attempt (since);

/*
 * An attempt is taken before the code is looked at and given back when it was right, so that a hundred guesses at once are not a
 * hundred first ones. 0: go on; else the seconds to wait, and nothing is written.
 */
create function intake.take_attempt(p_address_hash text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  over constant timestamptz := now() - interval '10 minutes';
  taken integer;
begin
  insert into intake.attempt as a (address_hash, since, wrong) values (p_address_hash, now(), 1)
  on conflict (address_hash) do update
    set wrong = case when a.since <= over then 1 else a.wrong + 1 end, since = case when a.since <= over then now() else a.since end
    where a.wrong < 10 or a.since <= over
  returning wrong into taken;
  if taken is null then
    return (select greatest(1, ceil(extract(epoch from a.since - over)))::integer from intake.attempt a
      where a.address_hash = p_address_hash);
  end if;
  if taken = 1 then
    delete from intake.attempt a where a.address_hash in (select b.address_hash from intake.attempt b
      where b.since <= over order by b.since limit 100 for update skip locked);
  end if;
  return 0;
end $$;
comment on function intake.take_attempt(text) is '查询前记一次:返回 0 可以查,否则返回须等候的秒数';

create function intake.return_attempt(p_address_hash text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update intake.attempt set wrong = wrong - 1 where address_hash = p_address_hash and wrong > 0
$$;
comment on function intake.return_attempt(text) is '查询码正确:退回所记的一次';

revoke execute on function intake.take_attempt, intake.return_attempt from public;
grant execute on function intake.take_attempt, intake.return_attempt to sanjiang_public;
