-- Rows of an edition and the parts of a file are laid in one transaction that may take minutes. Dated by its beginning they would be
-- older than what followers had seen by its end, and whoever asks for what changed since would miss them.
create or replace function site.stamp_dataset() returns trigger language plpgsql as $$
begin
  new.change_no := nextval('site.change');
  new.changed_at := clock_timestamp();
  return new;
end $$;
alter table site.dataset alter column changed_at set default clock_timestamp();
alter table site.edition alter column carried_at set default clock_timestamp();
alter table site.file alter column made_at set default clock_timestamp();
