-- What a subscription has received is told in bytes too, also after its files have been swept.
alter table exchange.file_fetch add column bytes bigint not null default 0
  constraint file_fetch_bytes_check check (bytes >= 0);
comment on column exchange.file_fetch.bytes is '文件字节数';
