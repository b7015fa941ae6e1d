create schema identity;
comment on schema identity is '身份:机构、人员、角色、会话、应用系统';
grant usage on schema identity to sanjiang_app, sanjiang_gateway;

create table identity.organ (
  organ_id text constraint organ_pkey primary key constraint organ_organ_id_check check (organ_id ~ '^\d{10}$'),
  name text not null,
  short_name text not null,
  parent_id text constraint organ_parent_id_fkey references identity.organ,
  path text not null constraint organ_path_key unique,
  division_code text not null,
  kind text not null constraint organ_kind_check check (kind in
    ('party', 'congress', 'government', 'consultative', 'court', 'procuratorate', 'mass', 'vertical', 'institution')),
  credit_code text constraint organ_credit_code_key unique,
  seq_code text,
  founded_on date not null,
  dissolved_on date,
  constraint organ_dissolved_on_check check (dissolved_on is null or dissolved_on >= founded_on)
);
comment on table identity.organ is '机构';
comment on column identity.organ.organ_id is '机构代码:区划6+类别1+序号3';
comment on column identity.organ.name is '现用全称:业务日期当日的名称,随 organ_name 更新';
comment on column identity.organ.short_name is '简称';
comment on column identity.organ.parent_id is '上级机构';
comment on column identity.organ.path is '层级路径:/上级/本级/';
comment on column identity.organ.division_code is '行政区划代码';
comment on column identity.organ.kind is '类别';
comment on column identity.organ.credit_code is '统一社会信用代码';
comment on column identity.organ.seq_code is '部门序号:部门类目录的目';
comment on column identity.organ.founded_on is '设立日期';
comment on column identity.organ.dissolved_on is '撤销日期';
create index organ_path_prefix on identity.organ (path text_pattern_ops);

create table identity.organ_name (
  organ_id text not null constraint organ_name_organ_id_fkey references identity.organ,
  name text not null,
  short_name text not null,
  valid_from date not null,
  valid_to date,
  constraint organ_name_pkey primary key (organ_id, valid_from),
  constraint organ_name_period_check check (valid_to is null or valid_to > valid_from)
);
comment on table identity.organ_name is '机构名称沿革';
comment on column identity.organ_name.organ_id is '机构';
comment on column identity.organ_name.name is '全称';
comment on column identity.organ_name.short_name is '简称';
comment on column identity.organ_name.valid_from is '启用日期';
comment on column identity.organ_name.valid_to is '停用日期:不含当日,机构撤销即止';
create unique index organ_name_current_key on identity.organ_name (name) where valid_to is null;

create table identity.organ_alias (
  organ_id text not null constraint organ_alias_organ_id_fkey references identity.organ,
  alias text not null,
  constraint organ_alias_pkey primary key (organ_id, alias)
);
comment on table identity.organ_alias is '机构俗称:发改委、工商局,检索用';
comment on column identity.organ_alias.organ_id is '机构';
comment on column identity.organ_alias.alias is '俗称';

create table identity.organ_succession (
  organ_id text not null constraint organ_succession_organ_id_fkey references identity.organ,
  successor_id text not null constraint organ_succession_successor_id_fkey references identity.organ,
  on_date date not null,
  how text not null constraint organ_succession_how_check check (how in ('renamed', 'merged', 'split', 'dissolved')),
  constraint organ_succession_pkey primary key (organ_id, successor_id)
);
comment on table identity.organ_succession is '机构承继:合并、拆分后由谁承担';
comment on column identity.organ_succession.organ_id is '原机构';
comment on column identity.organ_succession.successor_id is '承继机构';
comment on column identity.organ_succession.on_date is '承继日期';
comment on column identity.organ_succession.how is '方式';

create table identity.person (
  person_id uuid constraint person_pkey primary key,
  username text not null constraint person_username_key unique,
  name text not null,
  organ_id text not null constraint person_organ_id_fkey references identity.organ,
  state text not null constraint person_state_check check (state in ('active', 'suspended')),
  failed_count integer not null default 0,
  locked_until timestamptz(3),
  must_change_password boolean not null default false,
  sealed_totp text,
  totp_confirmed_at timestamptz(3),
  totp_last_step bigint not null default 0,
  created_at timestamptz(3) not null
);
comment on table identity.person is '人员账号';
comment on column identity.person.person_id is '人员标识';
comment on column identity.person.username is '账号';
comment on column identity.person.name is '姓名';
comment on column identity.person.organ_id is '所在机构';
comment on column identity.person.state is '状态';
comment on column identity.person.failed_count is '连续失败次数';
comment on column identity.person.locked_until is '锁定至';
comment on column identity.person.must_change_password is '须改口令';
comment on column identity.person.sealed_totp is '动态码种子:以节点密钥加密';
comment on column identity.person.totp_confirmed_at is '动态码绑定时刻';
comment on column identity.person.totp_last_step is '最近用过的动态码时间步:每码只用一次';
comment on column identity.person.created_at is '开户时刻';
create index person_organ on identity.person (organ_id, person_id);

create table identity.password (
  person_id uuid not null constraint password_person_id_fkey references identity.person,
  set_at timestamptz(3) not null,
  hash text not null,
  constraint password_pkey primary key (person_id, set_at)
);
comment on table identity.password is '口令历史:最近一条为现用';
comment on column identity.password.person_id is '人员';
comment on column identity.password.set_at is '设定时刻';
comment on column identity.password.hash is 'Argon2id 散列';

create table identity.person_role (
  person_id uuid not null constraint person_role_person_id_fkey references identity.person,
  role text not null,
  organ_id text not null constraint person_role_organ_id_fkey references identity.organ,
  granted_at timestamptz(3) not null,
  constraint person_role_pkey primary key (person_id, role, organ_id)
);
comment on table identity.person_role is '人员角色:在某机构任某角色';
comment on column identity.person_role.person_id is '人员';
comment on column identity.person_role.role is '角色';
comment on column identity.person_role.organ_id is '任职机构';
comment on column identity.person_role.granted_at is '授予时刻';

create table identity.stranger (
  bucket integer constraint stranger_pkey primary key constraint stranger_bucket_check check (bucket between 0 and 65535),
  failed_count integer not null,
  locked_until timestamptz(3)
);
comment on table identity.stranger is '查无此账号的登录失败:与真账号同样计数、同样锁定,答复便看不出账号是否存在;至多 65536 行';
comment on column identity.stranger.bucket is '账号名带密钥散列的前 16 位';
comment on column identity.stranger.failed_count is '连续失败次数';
comment on column identity.stranger.locked_until is '锁定至';

create table identity.session (
  session_id uuid constraint session_pkey primary key,
  token_hash text not null constraint session_token_hash_key unique,
  csrf text not null,
  person_id uuid not null constraint session_person_id_fkey references identity.person,
  opened_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  ip text not null,
  user_agent text not null
);
comment on table identity.session is '会话:只存令牌的散列';
comment on column identity.session.session_id is '会话标识';
comment on column identity.session.token_hash is '令牌 SHA-256';
comment on column identity.session.csrf is '页面令牌';
comment on column identity.session.person_id is '人员';
comment on column identity.session.opened_at is '登录时刻';
comment on column identity.session.last_seen_at is '最近活动:每分钟至多更新一次';
comment on column identity.session.ip is '来源地址';
comment on column identity.session.user_agent is '浏览器';
create index session_person on identity.session (person_id);

create table identity.client (
  client_id uuid constraint client_pkey primary key,
  organ_id text not null constraint client_organ_id_fkey references identity.organ,
  name text not null,
  system_id uuid,
  status text not null constraint client_status_check check (status in ('active', 'suspended')),
  allowed_addresses text[] not null default '{}',
  registered_at timestamptz(3) not null,
  constraint client_organ_id_name_key unique (organ_id, name)
);
comment on table identity.client is '应用系统:数据的调用方';
comment on column identity.client.client_id is '应用标识';
comment on column identity.client.organ_id is '所属机构';
comment on column identity.client.name is '名称';
comment on column identity.client.system_id is '对应的信息系统';
comment on column identity.client.status is '状态';
comment on column identity.client.allowed_addresses is '来源地址白名单:四头签名方案必用';
comment on column identity.client.registered_at is '登记时刻';

create table identity.client_key (
  key_id text constraint client_key_pkey primary key,
  client_id uuid not null constraint client_key_client_id_fkey references identity.client,
  alg text not null constraint client_key_alg_check check (alg in ('ed25519')),
  public_key text not null,
  status text not null constraint client_key_status_check check (status in ('active', 'revoked')),
  added_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);
comment on table identity.client_key is '应用系统公钥';
comment on column identity.client_key.key_id is '公钥标识:SPKI 的 SHA-256 前 16 位';
comment on column identity.client_key.client_id is '应用系统';
comment on column identity.client_key.alg is '算法';
comment on column identity.client_key.public_key is '公钥:SPKI Base64';
comment on column identity.client_key.status is '状态';
comment on column identity.client_key.added_at is '登记时刻';
comment on column identity.client_key.revoked_at is '吊销时刻';
create index client_key_client on identity.client_key (client_id);

create table identity.client_secret (
  client_id uuid constraint client_secret_pkey primary key constraint client_secret_client_id_fkey references identity.client,
  rid text not null constraint client_secret_rid_key unique,
  sealed_secret text not null,
  issued_at timestamptz(3) not null
);
comment on table identity.client_secret is '四头签名方案的密钥';
comment on column identity.client_secret.client_id is '应用系统';
comment on column identity.client_secret.rid is '请求者标识';
comment on column identity.client_secret.sealed_secret is '密钥:以节点密钥加密';
comment on column identity.client_secret.issued_at is '签发时刻';

grant select, insert, update on all tables in schema identity to sanjiang_app;
grant delete on identity.person_role, identity.session, identity.organ_alias to sanjiang_app;
grant select on identity.organ, identity.client, identity.client_key, identity.client_secret to sanjiang_gateway;
