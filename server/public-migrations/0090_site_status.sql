-- A column that explains the cells of another says so.
comment on column site.edition.columns is
  '列:[{name, title, data_type, length, role, unit, status_of}],顺序即导出顺序;status_of 是状态列所说明的列,其值 A 有值、O 无数据、Q 有而未公布';
