-- Figures the platform computes and opens: which catalogue entry carries them.
create table opendata.figure (
  figure text constraint figure_pkey primary key constraint figure_figure_check check (figure ~ '^[a-z][a-z_]{0,39}$'),
  resource_id uuid not null constraint figure_resource_id_key unique,
  organ_id text not null constraint figure_organ_id_fkey references identity.organ,
  bound_by_name text not null,
  bound_at timestamptz(3) not null,
  digest text constraint figure_digest_check check (digest ~ '^[0-9a-f]{64}$'),
  staged_on date,
  trouble text,
  constraint figure_staged_check check ((digest is null) = (staged_on is null))
);
comment on table opendata.figure is '平台统计的开放:哪一个目录资源承载哪一组统计';
comment on column opendata.figure.figure is '统计:catalogue、requests、systems、openings';
comment on column opendata.figure.resource_id is '承载它的目录资源';
comment on column opendata.figure.organ_id is '提供方';
comment on column opendata.figure.bound_by_name is '指定人';
comment on column opendata.figure.bound_at is '指定时刻';
comment on column opendata.figure.digest is '最近一次送检的数值的 SHA-256:数值不变不另成一版';
comment on column opendata.figure.staged_on is '最近一次送检的业务日期';
comment on column opendata.figure.trouble is '最近一次没有算成的原因:算成了为空';
grant select, insert, update on opendata.figure to sanjiang_app;
