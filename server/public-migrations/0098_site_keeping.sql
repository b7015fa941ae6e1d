-- How long who is behind a closed matter is kept inside: told to whoever is asked for name and telephone.
create table site.keeping (
  is_only boolean not null default true constraint keeping_pkey primary key constraint keeping_is_only_check check (is_only),
  months integer not null constraint keeping_months_check check (months between 1 and 120)
);
comment on table site.keeping is '申请人信息和联系方式的保存期:由内部写入';
comment on column site.keeping.is_only is '只有一行';
comment on column site.keeping.months is '办结后保存几个整月,期满清空';
grant select on site.keeping to sanjiang_public;
