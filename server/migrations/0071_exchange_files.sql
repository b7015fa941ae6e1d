-- Bytes of files lie outside the database, in packs under DATA_DIR/blobs; here stands where each part is.
-- Ready for Citus: digest and feed_id are the distribution columns and stand in every unique key.
create table exchange.file_part (
  digest bytea constraint file_part_pkey primary key,
  pack uuid not null,
  place bigint not null constraint file_part_place_check check (place >= 0),
  bytes integer not null constraint file_part_bytes_check check (bytes >= 0),
  at timestamptz(3) not null
);
comment on table exchange.file_part is '文件分段:内容寻址,同一内容只存一份';
comment on column exchange.file_part.digest is 'SHA-256(分段明文):分布列';
comment on column exchange.file_part.pack is '所在包';
comment on column exchange.file_part.place is '包内起始字节';
comment on column exchange.file_part.bytes is '明文字节数';
comment on column exchange.file_part.at is '存入时刻';
create index file_part_pack on exchange.file_part (pack);
grant select, insert, delete on exchange.file_part to sanjiang_app;

create table exchange.file (
  feed_id uuid not null,
  recipe bytea not null,
  size bigint not null,
  items jsonb not null,
  line text not null,
  line_hash bytea not null,
  closed_at timestamptz(3) not null,
  constraint file_pkey primary key (feed_id, recipe, line_hash)
);
comment on table exchange.file is '原样文件:一个挂接提供过、分段齐全的文件';
comment on column exchange.file.feed_id is '挂接:分布列';
comment on column exchange.file.recipe is '文件清单的 SHA-256:文件内容的名字';
comment on column exchange.file.size is '文件字节数';
comment on column exchange.file.items is '行内信息项,按次序';
comment on column exchange.file.line is '该文件在日志中的行:能否取用由授权对它判定';
comment on column exchange.file.line_hash is '行的 SHA-256';
comment on column exchange.file.closed_at is '分段到齐的时刻';
grant select, insert, update, delete on exchange.file to sanjiang_app;

create table exchange.file_fetch (
  subscription_id uuid not null,
  recipe bytea not null,
  fetched_at timestamptz(3) not null,
  constraint file_fetch_pkey primary key (subscription_id, recipe)
);
comment on table exchange.file_fetch is '取用:一个订阅已完整取得的文件';
comment on column exchange.file_fetch.subscription_id is '订阅:分布列';
comment on column exchange.file_fetch.recipe is '文件内容的名字';
comment on column exchange.file_fetch.fetched_at is '使用方告知取得的时刻';
grant select, insert, update on exchange.file_fetch to sanjiang_app;

alter table exchange.subscription drop constraint subscription_file_format_check;
alter table exchange.subscription
  add constraint subscription_file_format_check check (file_format in ('csv', 'jsonl', 'xlsx', 'files'));
