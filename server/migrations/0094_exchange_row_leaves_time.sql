-- A person's question reads the leaves of all deliveries, the newest first, a bounded number at a time.
create index row_leaves_made on exchange.row_leaves (made_at desc, root);
