import { BellOutlined } from '@ant-design/icons'
import { countTodos, listTodos } from '@sanjiang/contract/inbox'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { call } from '../api.ts'
import { pathOfTodo } from '../subject.ts'

const EVERY_MINUTE = 60_000

const wordsOf = ({ left_days, overdue_days }: { left_days: number; overdue_days: number }): string => {
  if (overdue_days > 0) return `超期 ${overdue_days} 个工作日`
  return left_days === 0 ? '今天到期' : `剩 ${left_days} 个工作日`
}

/** The nearest deadline in working days, on every page. */
const Nearest = () => {
  const { data } = useQuery({
    queryKey: ['inbox', 'todos', 'nearest'],
    queryFn: () => call(listTodos, { query: { limit: 1 } }),
    refetchInterval: EVERY_MINUTE,
  })
  const todo = data?.rows[0]
  if (!todo?.clock) return null
  return (
    <Link
      to={pathOfTodo(todo.kind, todo.subject_kind, todo.subject_id)}
      className={`urgent-chip ${todo.clock.light}`}
      title={`${todo.title}，截止 ${todo.clock.due_on}`}
    >
      <span className="wide-only">最近时限 </span>
      {wordsOf(todo.clock)}
    </Link>
  )
}

export const Urgent = () => {
  const { data } = useQuery({
    queryKey: ['inbox', 'counts'],
    queryFn: () => call(countTodos, {}),
    refetchInterval: EVERY_MINUTE,
  })
  const count = data?.unread_notices ?? 0
  return (
    <>
      <Nearest />
      <Link
        to="/inbox/notices"
        className="head-button"
        aria-label={count > 0 ? `通知，${count} 条未读` : '通知'}
        title="通知"
      >
        <BellOutlined />
        {count > 0 && <span className="count">{count > 99 ? '99+' : count}</span>}
      </Link>
    </>
  )
}
