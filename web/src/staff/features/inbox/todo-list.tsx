import { listTodos, TODO_KINDS, type Todo } from '@sanjiang/contract/inbox'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { Link } from 'react-router'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { pathOfTodo } from '../../subject.ts'

/** The number people look for first, in words beside it; colour only underlines it. */
const TimeLeft = ({ clock }: Pick<Todo, 'clock'>) => {
  if (!clock)
    return (
      <span className="time-left none">
        <b>—</b>不设时限
      </span>
    )
  const isOver = clock.overdue_days > 0
  return (
    <span className={`time-left ${clock.light}`} title={clock.clause}>
      <b>{isOver ? clock.overdue_days : clock.left_days}</b>
      {isOver ? '个工作日 超期' : '个工作日 剩余'}
    </span>
  )
}

const TodoRow = ({ todo }: { todo: Todo }) => (
  <li className="todo">
    <TimeLeft clock={todo.clock} />
    <div className="todo-text">
      <Link to={pathOfTodo(todo.kind, todo.subject_kind, todo.subject_id)}>{todo.title}</Link>
      <small>
        <span className="kind">{TODO_KINDS.titles[todo.kind]}</span>
        {todo.organ_name} · {todo.opened_on} 收到
        {todo.clock && ` · ${todo.clock.due_on} 截止`}
        {todo.clock?.provisional && '（该年度节假日未公布，暂估）'}
      </small>
    </div>
  </li>
)

/** Sorted by the server: least working time first, matters without a statutory time last. */
export const TodoList = () => {
  const query = useInfiniteQuery({
    queryKey: ['inbox', 'todos'],
    queryFn: ({ pageParam }) => call(listTodos, { query: { after: pageParam, limit: 10 } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  if (query.isPending) return <Skeleton active paragraph={{ rows: 5 }} />
  if (query.isError) return <ErrorAlert error={query.error} />
  const rows = query.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) return <p className="nothing">没有待办。新的事项会按剩余工作日排在这里。</p>
  return (
    <>
      <ul className="todos">
        {rows.map((todo) => (
          <TodoRow key={todo.todo_id} todo={todo} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button block loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          再列 10 件
        </Button>
      )}
    </>
  )
}
