-- What whoever applied may still send about his application.
alter table opendata.intake drop constraint intake_kind_check;
alter table opendata.intake add constraint intake_kind_check check (kind in
  ('question', 'correction', 'wish', 'support', 'showcase', 'broken_link', 'supplement', 'reopen', 'application', 'appeal',
   'mend', 'agreement', 'rekey'));
