-- Words that stand in the rows find a dataset, too: whoever looks for pork finds the weekly prices.
alter table site.edition add column held_values jsonb not null default '[]';
comment on column site.edition.held_values is
  '数据中用来分类的列的取值:[{title, values}],供检索和说明为何找到;取值逐行不同或多于 200 的列不列,在此之前送出的版次为空';
