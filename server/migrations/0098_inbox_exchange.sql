-- What the exchange has to tell a provider besides: rows to mend, readings that failed, data older than its cycle.
alter table inbox.todo drop constraint todo_kind_check;
alter table inbox.todo add constraint todo_kind_check check (kind in
  ('request_decide', 'request_reconsider', 'request_coordinate', 'correction_answer', 'resource_review',
   'resource_publish', 'resource_mend', 'feed_mend', 'reject_mend'));
alter table inbox.notice drop constraint notice_kind_check;
alter table inbox.notice add constraint notice_kind_check check (kind in
  ('request_granted_at_once', 'request_decided', 'request_withdrawn', 'request_escalated', 'request_reopened',
   'request_upheld', 'request_settled', 'request_messaged', 'request_yellow', 'request_red', 'correction_answered',
   'correction_yellow', 'correction_red', 'grant_narrowed', 'grant_revoked', 'grant_returned', 'grant_affected',
   'resource_published', 'resource_withdrawn', 'feed_drifted', 'feed_outdated', 'run_failed', 'agent_fenced'));
