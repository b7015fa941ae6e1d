-- Applications for conditional data: the matter, who applies (kept apart, removed in time), what happened, the agreement, the access.
create table opendata.application (
  application_id uuid constraint application_pkey primary key,
  number text not null constraint application_number_key unique,
  code_hash text not null,
  state text not null constraint application_state_check check (state in ('received', 'incomplete', 'accepted', 'proposed',
    'agreement', 'active', 'refused', 'appealed', 'upheld', 'expired', 'revoked', 'lapsed')),
  resource_id uuid not null,
  slug text not null,
  code text not null,
  dataset_title text not null,
  open_condition text,
  organ_id text not null constraint application_organ_id_fkey references identity.organ,
  applicant_kind text not null constraint application_applicant_kind_check check (applicant_kind in ('person', 'organisation')),
  qualification text not null,
  purpose_code text not null,
  purpose_text text not null,
  security text[] not null,
  security_text text not null,
  term_months integer not null constraint application_term_months_check check (term_months between 1 and 24),
  promise_version text not null,
  promise_days integer not null constraint application_promise_days_check check (promise_days > 0),
  promise_source text not null,
  received_on date not null,
  asked jsonb not null default '[]',
  proposal jsonb,
  handled_by uuid,
  ended_on date,
  yellow_on date,
  red_on date,
  revision integer not null constraint application_revision_check check (revision > 0)
);
comment on table opendata.application is '有条件开放申请:一个人或单位对一个数据集的一次申请';
comment on column opendata.application.application_id is '申请标识:UUID v7';
comment on column opendata.application.number is '编号:申请人凭编号和查询码查进度';
comment on column opendata.application.code_hash is '查询码与编号的摘要';
comment on column opendata.application.state is '状态:received 待受理,incomplete 待补正,accepted 审查中,proposed 待批准,agreement 待确认协议,active 使用中,refused 不予开放,appealed 申诉中,upheld 申诉未获支持,expired 已到期,revoked 已收回,lapsed 逾期未办';
comment on column opendata.application.resource_id is '目录资源,即数据集';
comment on column opendata.application.slug is '公共侧地址中的名字';
comment on column opendata.application.code is '信息资源代码';
comment on column opendata.application.dataset_title is '申请时的数据集名称';
comment on column opendata.application.open_condition is '申请时公布的开放条件';
comment on column opendata.application.organ_id is '提供方';
comment on column opendata.application.applicant_kind is '申请人类别:person 个人,organisation 法人或其他组织';
comment on column opendata.application.qualification is '怎样符合开放条件;保存期满清空';
comment on column opendata.application.purpose_code is '用途';
comment on column opendata.application.purpose_text is '用途说明;保存期满清空';
comment on column opendata.application.security is '安全保障措施';
comment on column opendata.application.security_text is '安全保障说明;保存期满清空';
comment on column opendata.application.term_months is '申请的期限(月)';
comment on column opendata.application.promise_version is '所同意的承诺书版本';
comment on column opendata.application.promise_days is '收到时承诺的办理工作日数';
comment on column opendata.application.promise_source is '办理工作日数的依据';
comment on column opendata.application.received_on is '收到日期:时限起算';
comment on column opendata.application.asked is '一次性告知的补正内容:[{code, text}]';
comment on column opendata.application.proposal is '经办意见:{outcome, reason_code, text, by, by_name, on, term_months, daily_requests, daily_megabytes}';
comment on column opendata.application.handled_by is '提出意见的经办人:不能再批准';
comment on column opendata.application.ended_on is '办结日期:联系方式的保存期从此起算';
comment on column opendata.application.yellow_on is '答复临近到期的日期';
comment on column opendata.application.red_on is '答复逾期的日期';
comment on column opendata.application.revision is '修订号:每次变动加一';
create index application_organ on opendata.application (organ_id, received_on desc, application_id desc);
create index application_open on opendata.application (received_on, application_id)
  where state in ('received', 'incomplete', 'accepted', 'proposed', 'agreement', 'active', 'appealed');
grant select, insert, update on opendata.application to sanjiang_app;

create table opendata.applicant (
  application_id uuid constraint applicant_pkey primary key constraint applicant_application_fkey references opendata.application,
  name text not null,
  credit_code text not null,
  contact_name text not null,
  phone text not null,
  email text not null,
  answers jsonb not null default '{}',
  appeal_text text,
  removed_on date
);
comment on table opendata.applicant is '申请人:与申请分开存放,查看留痕,保存期满清空';
comment on column opendata.applicant.application_id is '申请';
comment on column opendata.applicant.name is '姓名或单位名称';
comment on column opendata.applicant.credit_code is '统一社会信用代码:个人为空';
comment on column opendata.applicant.contact_name is '单位联系人';
comment on column opendata.applicant.phone is '电话';
comment on column opendata.applicant.email is '电子邮箱';
comment on column opendata.applicant.answers is '补正的内容:按告知的项目';
comment on column opendata.applicant.appeal_text is '申诉理由';
comment on column opendata.applicant.removed_on is '清空日期:未清空为空';
grant select, insert, update on opendata.applicant to sanjiang_app;

create table opendata.application_step (
  application_id uuid not null constraint application_step_application_fkey references opendata.application,
  seq integer not null,
  verb text not null constraint application_step_verb_check check (verb in ('received', 'noticed', 'mended', 'accepted', 'proposed',
    'returned', 'approved', 'refused', 'appealed', 'appeal_granted', 'appeal_upheld', 'confirmed', 'rekeyed', 'expired', 'revoked', 'lapsed')),
  happened_on date not null,
  happened_at timestamptz(3) not null,
  by_id uuid,
  by_name text not null,
  text text not null,
  constraint application_step_pkey primary key (application_id, seq)
);
comment on table opendata.application_step is '申请的经过:只增不改,时限由此推得';
comment on column opendata.application_step.application_id is '申请';
comment on column opendata.application_step.seq is '先后,自 1 起';
comment on column opendata.application_step.verb is '发生了什么';
comment on column opendata.application_step.happened_on is '业务日期';
comment on column opendata.application_step.happened_at is '时刻';
comment on column opendata.application_step.by_id is '办理人:申请人和平台为空';
comment on column opendata.application_step.by_name is '办理人姓名,或“申请人”“平台”';
comment on column opendata.application_step.text is '说明:不含申请人信息';
grant select, insert on opendata.application_step to sanjiang_app;

create table opendata.agreement (
  application_id uuid constraint agreement_pkey primary key constraint agreement_application_fkey references opendata.application,
  version text not null,
  text text not null,
  digest text not null constraint agreement_digest_check check (digest ~ '^[0-9a-f]{64}$'),
  ends_on date not null,
  daily_requests integer not null constraint agreement_daily_requests_check check (daily_requests > 0),
  daily_bytes bigint not null constraint agreement_daily_bytes_check check (daily_bytes > 0),
  offered_on date not null,
  signed_at timestamptz(3)
);
comment on table opendata.agreement is '使用协议:由有日期的范本生成,申请人凭编号和查询码确认即签订';
comment on column opendata.agreement.application_id is '申请';
comment on column opendata.agreement.version is '范本版本';
comment on column opendata.agreement.text is '协议全文:以编号代替申请人姓名';
comment on column opendata.agreement.digest is '全文的 SHA-256(十六进制)';
comment on column opendata.agreement.ends_on is '期限末日';
comment on column opendata.agreement.daily_requests is '每日次数上限';
comment on column opendata.agreement.daily_bytes is '每日字节上限';
comment on column opendata.agreement.offered_on is '送达申请人的日期';
comment on column opendata.agreement.signed_at is '确认时刻:未确认为空';
grant select, insert, update on opendata.agreement to sanjiang_app;

create table opendata.access (
  access_id uuid constraint access_pkey primary key,
  application_id uuid not null constraint access_application_fkey references opendata.application,
  resource_id uuid not null,
  key_hash text not null constraint access_key_hash_key unique constraint access_key_hash_check check (key_hash ~ '^[0-9a-f]{64}$'),
  ends_on date not null,
  daily_requests integer not null,
  daily_bytes bigint not null,
  opened_at timestamptz(3) not null,
  closed_at timestamptz(3),
  sent_at timestamptz(3)
);
comment on table opendata.access is '使用许可:一把密钥一行,更换密钥即关旧开新;密钥本身从不进入内部';
comment on column opendata.access.access_id is '许可标识';
comment on column opendata.access.application_id is '申请';
comment on column opendata.access.resource_id is '数据集';
comment on column opendata.access.key_hash is '密钥的 SHA-256(十六进制)';
comment on column opendata.access.ends_on is '期限末日';
comment on column opendata.access.daily_requests is '每日次数上限';
comment on column opendata.access.daily_bytes is '每日字节上限';
comment on column opendata.access.opened_at is '开通时刻';
comment on column opendata.access.closed_at is '关闭时刻:收回、到期、更换';
comment on column opendata.access.sent_at is '送达公共侧的时刻:开通、关闭后置空再送';
create unique index access_live_key on opendata.access (application_id) where closed_at is null;
create index access_unsent on opendata.access (access_id) where sent_at is null;
grant select, insert, update on opendata.access to sanjiang_app;

create table opendata.access_use (
  use_id uuid constraint access_use_pkey primary key,
  access_id uuid not null constraint access_use_access_fkey references opendata.access,
  what text not null,
  used_at timestamptz(3) not null,
  used_on date not null,
  bytes bigint
);
comment on table opendata.access_use is '凭密钥的每次读取:从公共侧取来的回执';
comment on column opendata.access_use.use_id is '读取标识:取两次也只有一行';
comment on column opendata.access_use.access_id is '许可';
comment on column opendata.access_use.what is '读取的地址(不含参数)';
comment on column opendata.access_use.used_at is '时刻';
comment on column opendata.access_use.used_on is '业务日期';
comment on column opendata.access_use.bytes is '送出的字节数:中断而不明的为空';
create index access_use_day on opendata.access_use (access_id, used_on);
grant select, insert on opendata.access_use to sanjiang_app;

create table opendata.promise (
  promise_id uuid constraint promise_pkey primary key,
  organ_id text not null constraint promise_organ_id_fkey references identity.organ,
  resource_id uuid,
  days integer not null constraint promise_days_check check (days > 0),
  source text not null,
  valid_from date not null,
  set_by_name text not null,
  set_at timestamptz(3) not null
);
comment on table opendata.promise is '承诺的办理工作日数:部门的,或一个数据集的;只增不改';
comment on column opendata.promise.promise_id is '承诺标识';
comment on column opendata.promise.organ_id is '作出承诺的部门';
comment on column opendata.promise.resource_id is '数据集:空为本部门全部';
comment on column opendata.promise.days is '工作日数';
comment on column opendata.promise.source is '依据';
comment on column opendata.promise.valid_from is '生效日:此日起收到的申请适用';
comment on column opendata.promise.set_by_name is '设定人';
comment on column opendata.promise.set_at is '设定时刻';
create index promise_organ on opendata.promise (organ_id, valid_from desc);
grant select, insert on opendata.promise to sanjiang_app;
