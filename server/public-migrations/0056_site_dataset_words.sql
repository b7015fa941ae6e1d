-- Search reads names and summaries themselves, in memory: what was kept for it is read by nobody any more.
alter table site.dataset drop column words;
