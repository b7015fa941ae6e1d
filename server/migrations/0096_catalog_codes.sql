-- Code lists of data elements, taken from the standard in force when it is installed: what an item's values are checked against at the
-- exchange's border. A table of its own, because the standard's body holds the whole classification as well.
create table catalog.element_code (
  element text not null,
  code text not null,
  seq integer not null,
  title text not null,
  constraint element_code_pkey primary key (element, code)
);
comment on table catalog.element_code is '数据元的代码表:现行标准所载,装入时整份更换';
comment on column catalog.element_code.element is '数据元:标准号(GB/T 2261.1)或标准中枚举的名称';
comment on column catalog.element_code.code is '代码';
comment on column catalog.element_code.seq is '次序';
comment on column catalog.element_code.title is '名称';
grant select, insert, delete on catalog.element_code to sanjiang_app;

insert into catalog.element_code (element, code, seq, title)
select e.key, c.one->>'code', c.no::int, c.one->>'title'
from catalog.standard s, jsonb_each(s.body->'enumerations') e, jsonb_array_elements(e.value) with ordinality c (one, no)
where s.is_current on conflict do nothing;

create view catalog.published_element as
select element, jsonb_agg(code order by seq) as codes from catalog.element_code group by element;
comment on view catalog.published_element is '数据元的代码表:供其他模块读取';
comment on column catalog.published_element.element is '数据元';
comment on column catalog.published_element.codes is '代码,按次序';
grant select on catalog.published_element to sanjiang_app, sanjiang_exchange;
