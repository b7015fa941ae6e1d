-- Newer data that the platform has and the public side has not: whose fault a late edition is.
create table site.delay (
  dataset_id uuid constraint delay_pkey primary key constraint delay_dataset_fkey references site.dataset on delete cascade,
  since date not null,
  reason text not null constraint delay_reason_check check (reason <> '')
);
comment on table site.delay is '平台的延误:部门的新数据已到平台而尚未送出,评分时不计入部门';
comment on column site.delay.dataset_id is '数据集标识';
comment on column site.delay.since is '自何日起';
comment on column site.delay.reason is '原因,给公众看';
grant select on site.delay to sanjiang_public;
create trigger delay_touch after insert or update or delete on site.delay for each row execute function site.touch_dataset();
