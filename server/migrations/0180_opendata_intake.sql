-- What citizens sent, as fetched from the public side, and what the public side is to say about it.
create table opendata.intake (
  number text constraint intake_pkey primary key constraint intake_number_check check (number ~ '^GK[0-9]{8}-[0-9A-HJKMNP-TV-Z]{8}$'),
  intake_no bigint not null generated always as identity constraint intake_no_key unique,
  kind text not null constraint intake_kind_check check (kind in
    ('question', 'correction', 'wish', 'support', 'showcase', 'broken_link', 'supplement', 'reopen', 'application', 'appeal')),
  dataset_slug text,
  about text,
  body jsonb not null,
  contact jsonb,
  code_hash text not null,
  submitted_at timestamptz(3) not null,
  received_on date not null,
  pulled_at timestamptz(3) not null,
  handled_at timestamptz(3),
  attempts integer not null default 0,
  fault text
);
comment on table opendata.intake is '公众来件:从公共侧取来的原件,每件一行,取两次也只有一行';
comment on column opendata.intake.number is '编号';
comment on column opendata.intake.intake_no is '取来的先后';
comment on column opendata.intake.kind is '种类:与公共侧相同';
comment on column opendata.intake.dataset_slug is '所说的数据集';
comment on column opendata.intake.about is '所说的另一件的编号';
comment on column opendata.intake.body is '内容:原样';
comment on column opendata.intake.contact is '联系方式:不填为空,不出内部';
comment on column opendata.intake.code_hash is '查询码与编号的摘要';
comment on column opendata.intake.submitted_at is '提交时刻';
comment on column opendata.intake.received_on is '提交当天的业务日期:时限从此起算';
comment on column opendata.intake.pulled_at is '取来的时刻';
comment on column opendata.intake.handled_at is '立为一件事的时刻:未立为空';
comment on column opendata.intake.attempts is '立件失败的次数:到五次即搁置,不挡后来的';
comment on column opendata.intake.fault is '最近一次失败的原因';
create index intake_waiting on opendata.intake (intake_no) where handled_at is null;
create index intake_about on opendata.intake (about, kind) where about is not null;
grant select, insert, update on opendata.intake to sanjiang_app;

create table opendata.reply (
  number text constraint reply_pkey primary key,
  kind text not null,
  code_hash text not null,
  standing jsonb not null,
  thread jsonb,
  revision integer not null constraint reply_revision_check check (revision > 0),
  sent_revision integer not null default 0
);
comment on table opendata.reply is '对外答复:公共侧关于一件来件要说的话,改一次加一号,由后台送出';
comment on column opendata.reply.number is '编号';
comment on column opendata.reply.kind is '种类';
comment on column opendata.reply.code_hash is '查询码与编号的摘要';
comment on column opendata.reply.standing is '只给来件人凭编号和查询码看的:状态、经过、答复';
comment on column opendata.reply.thread is '给所有人看的:不公开的为空';
comment on column opendata.reply.revision is '修订号';
comment on column opendata.reply.sent_revision is '已送出的修订号';
create index reply_unsent on opendata.reply (number) where sent_revision < revision;
grant select, insert, update on opendata.reply to sanjiang_app;
