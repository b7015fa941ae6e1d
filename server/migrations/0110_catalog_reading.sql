-- Pinyin is read from the pairs of characters the index holds, so entries need not carry the syllables of their names.
alter table catalog.entry drop column sounds;

-- Search also finds an organ's entries by the names of those who took over its duties.
create trigger organ_succession_changed after insert or update or delete on identity.organ_succession
  for each row execute function identity.note_organ_change();
