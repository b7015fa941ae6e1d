-- The first step sent twice at once by an impatient hand: both found no draft yet, and the second was answered with a fault of ours.
create or replace function intake.save_draft(p_number text, p_code_hash text, p_slug text, p_body bytea, p_address_hash text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from intake.draft d where d.saved_at < now() - interval '30 days';
  if not exists (select from intake.draft d where d.number = p_number) then
    if exists (select from intake.submission s where s.number = p_number) then return 'unknown'; end if;
    if (select count(*) from intake.draft d where d.address_hash = p_address_hash and d.saved_at > now() - interval '1 hour') >= 30
      then return 'limited'; end if;
    if (select count(*) from (select from intake.draft limit 20000) w) >= 20000 then return 'full'; end if;
  end if;
  insert into intake.draft as d (number, code_hash, dataset_slug, body, address_hash)
    values (p_number, p_code_hash, p_slug, p_body, p_address_hash)
  on conflict (number) do update set body = excluded.body, saved_at = now()
    where d.code_hash = excluded.code_hash and d.dataset_slug = excluded.dataset_slug;
  return case when found then 'accepted' else 'unknown' end;
end $$;
