-- What nobody decides any more, since the dataset was withdrawn or is everybody's now, is closed with its reason.
alter table opendata.application drop constraint application_state_check;
alter table opendata.application add constraint application_state_check check (state in ('received', 'incomplete', 'accepted', 'proposed',
  'agreement', 'active', 'refused', 'appealed', 'upheld', 'expired', 'revoked', 'lapsed', 'closed'));
comment on column opendata.application.state is '状态:received 待受理,incomplete 待补正,accepted 审查中,proposed 待批准,agreement 待确认协议,active 使用中,refused 不予开放,appealed 申诉中,upheld 申诉未获支持,expired 已到期,revoked 已收回,lapsed 逾期未办,closed 已终止';
alter table opendata.application add column close_reason text
  constraint application_close_reason_check check (close_reason in ('dataset_withdrawn', 'dataset_unconditional'));
alter table opendata.application add constraint application_closed_check check ((state = 'closed') = (close_reason is not null));
comment on column opendata.application.close_reason is '终止办理的原因:dataset_withdrawn 数据集已撤回开放,dataset_unconditional 数据集已改为无条件开放;其余为空';
alter table opendata.application_step drop constraint application_step_verb_check;
alter table opendata.application_step add constraint application_step_verb_check check (verb in ('received', 'noticed', 'mended', 'accepted',
  'proposed', 'returned', 'approved', 'refused', 'appealed', 'appeal_granted', 'appeal_upheld', 'confirmed', 'rekeyed', 'expired', 'revoked',
  'lapsed', 'closed'));
