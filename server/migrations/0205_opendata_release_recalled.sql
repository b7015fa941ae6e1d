-- Whoever proposed a release takes it back himself while nobody has decided.
alter table opendata.release drop constraint release_state_check;
alter table opendata.release add constraint release_state_check
  check (state in ('review', 'released', 'rejected', 'recalled', 'withdrawn', 'replaced'));
alter table opendata.release drop constraint release_reviewed_check;
alter table opendata.release add constraint release_reviewed_check
  check (state in ('review', 'recalled') or (reviewed_on is not null and reviewed_by is not null));
comment on column opendata.release.state is '状态:review 审查中,released 开放中,rejected 未通过,recalled 提出人已取回,withdrawn 已撤回,replaced 已被新的发布取代';
