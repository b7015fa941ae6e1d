create view catalog.published_class as
select n.code, n.title, n.parent_code, n.level from catalog.class_node n;
comment on view catalog.published_class is '分类节点的名称:供其他模块读取';
comment on column catalog.published_class.code is '分类代码';
comment on column catalog.published_class.title is '名称';
comment on column catalog.published_class.parent_code is '上级';
comment on column catalog.published_class.level is '层级';
grant select on catalog.published_class to sanjiang_app;
