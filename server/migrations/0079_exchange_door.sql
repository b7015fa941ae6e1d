-- The agents' door is the one role that other departments' machines talk to. What it may touch is what it must: nothing of accounts,
-- of the catalogue, of grants or of what officers set up can be changed through it, and nothing it has sealed.
grant usage on schema kernel, identity, catalog, sharing, ledger, exchange to sanjiang_exchange;

grant insert on kernel.event to sanjiang_exchange;
grant select on kernel.setting, kernel.policy to sanjiang_exchange;
grant select on identity.organ to sanjiang_exchange;
grant select on catalog.published_resource, catalog.published_item to sanjiang_exchange;
grant select on sharing.published_grant to sanjiang_exchange;

grant select, insert, update (size, beat_at, closed_at, closed_by, settled_no) on ledger.log to sanjiang_exchange;
grant select, insert on ledger.entry, ledger.subject to sanjiang_exchange;
grant execute on function ledger.ensure_month(date) to sanjiang_exchange;

grant select on exchange.agent, exchange.feed, exchange.subscription, exchange.question to sanjiang_exchange;
-- What an agent says of itself; who owns it and what it is called an officer says.
grant update (state, public_key, key_id, epoch, proposal, version, last_seen_at, report, assignment_no) on exchange.agent to sanjiang_exchange;
grant select, insert, delete on exchange.agent_session to sanjiang_exchange;
-- Where the log stands and whether it is held; never what is read from where.
grant update (state, hold_reason, union_items, head, head_digest, head_position, supplied, last_chunk_at, next_run_at, trouble)
  on exchange.feed to sanjiang_exchange;
grant select, insert, update on exchange.run to sanjiang_exchange;
grant select, insert on exchange.chunk, exchange.chunk_body, exchange.reject, exchange.drift to sanjiang_exchange;
-- How far a transfer has come; never under which grant, nor where to.
grant update (state, base_run_id, generation, from_seq, next_seq, rows_total, bytes_total, last_delivered_at, last_accepted_at,
  next_reconcile_at, trouble) on exchange.subscription to sanjiang_exchange;
grant select, insert, update on exchange.delivery to sanjiang_exchange;
grant update (answer, trouble, answered_at) on exchange.question to sanjiang_exchange;
grant select, insert, update, delete on exchange.file, exchange.file_part, exchange.file_fetch to sanjiang_exchange;
grant execute on function exchange.ensure_month(date) to sanjiang_exchange;
