-- Only a CSV has them; every other file has none, which the first wording of the constraints forbade.
alter table site.file drop constraint file_bom_sha256_check;
alter table site.file drop constraint file_formula_cells_check;
alter table site.file add constraint file_bom_sha256_check
  check (bom_sha256 is null or (bom_sha256 ~ '^[0-9a-f]{64}$' and format = 'csv'));
alter table site.file add constraint file_formula_cells_check
  check (formula_cells is null or (formula_cells >= 0 and format = 'csv'));
