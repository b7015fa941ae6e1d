import { listNotices, markAllNoticesRead, markNoticeRead, NOTICE_KINDS, type Notice } from '@sanjiang/contract/inbox'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { Link } from 'react-router'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { pathOfSubject } from '../../subject.ts'

const useReading = () => {
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['inbox'] })
  const one = useMutation({ mutationFn: (id: string) => call(markNoticeRead, { params: { id } }), onSuccess: refresh })
  const all = useMutation({ mutationFn: () => call(markAllNoticesRead, {}), onSuccess: refresh })
  return { one, all }
}

export const ReadAllButton = () => {
  const { all } = useReading()
  return (
    <Button size="small" loading={all.isPending} onClick={() => all.mutate()}>
      全部标为已读
    </Button>
  )
}

const NoticeRow = ({ notice, onRead }: { notice: Notice; onRead: (id: string) => void }) => (
  <li className={notice.is_read ? 'notice' : 'notice unread'}>
    <Link to={pathOfSubject(notice.subject_kind, notice.subject_id)} onClick={() => onRead(notice.notice_id)}>
      {!notice.is_read && <span className="dot">未读</span>}
      {notice.title}
    </Link>
    {notice.text && <p>{notice.text}</p>}
    <small>
      {NOTICE_KINDS.titles[notice.kind]} · {notice.occurred_on}
    </small>
  </li>
)

/** Newest first; opening one marks it read for this person alone. */
export const NoticeList = ({ limit, isUnread }: { limit: number; isUnread?: boolean }) => {
  const { one } = useReading()
  const query = useInfiniteQuery({
    queryKey: ['inbox', 'notices', { limit, isUnread }],
    queryFn: ({ pageParam }) => call(listNotices, { query: { after: pageParam, limit, is_unread: isUnread } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  if (query.isPending) return <Skeleton active paragraph={{ rows: 4 }} />
  if (query.isError) return <ErrorAlert error={query.error} />
  const rows = query.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) return <p className="nothing">{isUnread ? '没有未读通知。' : '还没有通知。'}</p>
  return (
    <>
      <ul className="notices">
        {rows.map((notice) => (
          <NoticeRow key={notice.notice_id} notice={notice} onRead={(id) => !notice.is_read && one.mutate(id)} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button block loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          更早的通知
        </Button>
      )}
    </>
  )
}
