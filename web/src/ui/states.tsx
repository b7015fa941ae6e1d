import type { Problem } from '@sanjiang/contract'
import type { UseQueryResult } from '@tanstack/react-query'
import { Alert, Button, Empty, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { problemOf } from '../staff/api.ts'

const PARTY = { caller: '请检查所填内容', provider: '数据提供方的问题', platform: '平台的问题' } as const

/** A refusal, shown whole: what, why, whose fault, which fields, and the trace to quote to the help desk. */
export const ProblemAlert = ({ problem }: { problem: Problem }) => (
  <Alert
    type="error"
    showIcon
    role="alert"
    title={problem.title}
    description={
      <>
        {problem.detail && problem.detail !== problem.title && <div>{problem.detail}</div>}
        {problem.fields && (
          <ul>
            {problem.fields.map((one) => (
              <li key={`${one.field} ${one.rule} ${one.message}`}>
                <b>{one.field}</b>：{one.message}
                {one.clause ? `（${one.clause}）` : ''}
              </li>
            ))}
          </ul>
        )}
        {(problem.code === 'stale' || problem.code === 'wrong_state') && (
          <p>
            <Button size="small" onClick={() => window.location.reload()}>
              重新载入
            </Button>{' '}
            填了一半的内容请先复制。
          </p>
        )}
        <div className="muted">
          {PARTY[problem.party]}
          {problem.trace && ` · 追踪号 ${problem.trace}`}
        </div>
      </>
    }
  />
)

export const ErrorAlert = ({ error }: { error: unknown }) => {
  const problem = problemOf(error)
  if (problem) return <ProblemAlert problem={problem} />
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title="页面出错"
      description={String((error as Error)?.message ?? error)}
    />
  )
}

/** Load → denied, error, loading, empty, view: the states every page has. */
export const Loaded = <T,>({
  query,
  isEmpty,
  empty,
  children,
}: {
  query: UseQueryResult<T>
  isEmpty?: (data: T) => boolean
  empty?: ReactNode
  children: (data: T) => ReactNode
}) => {
  if (query.isPending) return <Skeleton active paragraph={{ rows: 6 }} aria-label="正在载入" />
  if (query.isError)
    return (
      <>
        <ErrorAlert error={query.error} />
        {problemOf(query.error)?.code === 'not_found' ? (
          <p>
            可能已经不在，或不在您可以查看的部门之内。<a href="/">回到我的工作台</a>
          </p>
        ) : (
          <p>
            <Button onClick={() => query.refetch()}>重试</Button>
          </p>
        )}
      </>
    )
  if (isEmpty?.(query.data)) return <>{empty ?? <Empty description="没有内容" />}</>
  return <>{children(query.data)}</>
}
