-- What others keep of organs in memory is told by number and transaction which of them to read again (catalogue search).
create table identity.organ_change (
  seq bigint generated always as identity constraint organ_change_pkey primary key,
  xact xid8 not null default pg_current_xact_id(),
  organ_id text not null
);
comment on table identity.organ_change is '机构变更簿:机构、名称、别名每有变动追加一行,供在内存中存有机构的进程跟进';
comment on column identity.organ_change.seq is '序号:发号先后,不是提交先后';
comment on column identity.organ_change.xact is '所在事务:跟进者据此判断还有哪些未提交';
comment on column identity.organ_change.organ_id is '变动的机构';
create index organ_change_xact on identity.organ_change (xact);
grant select, insert on identity.organ_change to sanjiang_app;

create function identity.note_organ_change() returns trigger language plpgsql as $$
begin
  insert into identity.organ_change (organ_id) values ((coalesce(new, old)).organ_id);
  return null;
end $$;
create trigger organ_changed after insert or update or delete on identity.organ
  for each row execute function identity.note_organ_change();
create trigger organ_name_changed after insert or update or delete on identity.organ_name
  for each row execute function identity.note_organ_change();
create trigger organ_alias_changed after insert or update or delete on identity.organ_alias
  for each row execute function identity.note_organ_change();
