-- Files of editions: what a byte order mark makes of a CSV, cells spreadsheets would take for formulas, formats left out and why.
alter table site.file add column bom_sha256 text
  constraint file_bom_sha256_check check (bom_sha256 ~ '^[0-9a-f]{64}$' and format = 'csv');
alter table site.file add column formula_cells bigint
  constraint file_formula_cells_check check (formula_cells >= 0 and format = 'csv');
comment on column site.file.bom_sha256 is '加字节序标记(BOM)后全文的 SHA-256;只 CSV 有';
comment on column site.file.formula_cells is '以 = + - @ 等开头、会被表格软件当作公式的文本单元格数;只 CSV 有';
comment on column site.file.format is '格式:csv、xlsx、json、jsonl、xml、ttl、geojson、parquet;文本格式另有 -gzip 压缩件';

-- Parts are compressed or incompressible already; kept plain, a range is read without unpacking the part.
alter table site.file_part alter column body set storage external;

create table site.file_omission (
  dataset_id uuid not null,
  edition_no integer not null,
  format text not null constraint file_omission_format_check check (format ~ '^[a-z0-9-]{1,20}$'),
  reason text not null,
  constraint file_omission_pkey primary key (dataset_id, edition_no, format),
  constraint file_omission_edition_fkey foreign key (dataset_id, edition_no) references site.edition on delete cascade
);
comment on table site.file_omission is '一版中不提供的格式及原因,例如行数超过 XLSX 的上限';
comment on column site.file_omission.dataset_id is '数据集标识';
comment on column site.file_omission.edition_no is '版次';
comment on column site.file_omission.format is '格式';
comment on column site.file_omission.reason is '原因,给公众看';
grant select on site.file_omission to sanjiang_public;
