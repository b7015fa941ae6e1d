-- An accepted change of a source becomes a revision of its catalogue entry.
alter table exchange.drift add column is_revised boolean not null default false;
comment on column exchange.drift.is_revised is '已据此打开目录修订稿';

-- A whole reading settles what an earlier one had kept out and this one found mended.
grant update (state, settled_at) on exchange.reject to sanjiang_exchange;
