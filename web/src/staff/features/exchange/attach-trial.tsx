import { exchange } from '@sanjiang/contract'
import type { FeedDraft } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import type { BindItem } from './attach.match.ts'
import { FindingList } from './attach-binding.tsx'
import { countText } from './exchange.words.tsx'

/** One dry run per draft: the same draft is not read again unless asked for. */
export const useTrial = (draft: FeedDraft | undefined, enabled: boolean) =>
  useQuery({
    queryKey: ['exchange', 'trial', draft],
    queryFn: () => call(exchange.tryFeed, { body: draft as FeedDraft }),
    enabled: enabled && draft !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
export type Trial = NonNullable<ReturnType<typeof useTrial>['data']>

const Sample = ({ trial, nameOf }: { trial: Trial; nameOf: (item: string) => string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
  <section className="scroll" tabIndex={0} aria-label="样例数据，可左右滚动">
    <table className="sample">
      <caption className="hidden">{trial.rows.length} 行脱敏样例</caption>
      <thead>
        <tr>
          {trial.items.map((item) => (
            <th key={item} scope="col">
              {nameOf(item)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {trial.rows.map((row, at) => (
          <tr key={at}>
            {row.map((value, column) => (
              <td key={trial.items[column] ?? column}>{value ?? <span className="null">空</span>}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

const qualityColumns = (nameOf: (item: string) => string): readonly Column<Trial['quality'][number]>[] => [
  { title: '信息项', kind: 'lead', render: ({ item }) => nameOf(item) },
  { title: '发现', render: ({ message }) => message },
  { title: '行数', kind: 'num', render: ({ rows }) => countText(rows) },
  { title: '例（已脱敏）', render: ({ example }) => <span className="mono small">{example}</span> },
]

interface Props {
  readonly query: ReturnType<typeof useTrial>
  readonly items: readonly BindItem[]
  readonly threshold: number
}

/** Twenty masked rows and what quality rules say of them; nothing has moved yet and nothing is kept. */
export const TrialStep = ({ query, items, threshold }: Props) => {
  const nameOf = (item: string) => items.find(({ name_en }) => name_en === item)?.name ?? item
  if (query.isPending && query.fetchStatus === 'idle') return <p>先把前面几步的问题改好，再试读。</p>
  return (
    <Loaded query={query}>
      {(trial) => {
        const errors = trial.findings.filter(({ level }) => level === 'error')
        const warnings = trial.findings.filter(({ level }) => level === 'warning')
        const bad = trial.quality.reduce((sum, { rows }) => sum + rows, 0)
        return (
          <div className="stack">
            <div className="spread">
              <span role="status">
                {errors.length > 0
                  ? `有 ${errors.length} 处不能挂接，没有读取数据`
                  : `检查了 ${countText(trial.checked_rows)} 行，示 ${trial.rows.length} 行；信息项按目录脱敏，平台不留存`}
              </span>
              <Button onClick={() => query.refetch()} loading={query.isFetching}>
                再试一次
              </Button>
            </div>
            <FindingList of={errors} nameOf={nameOf} />
            {warnings.length > 0 && (
              <details>
                <summary>{warnings.length} 处请留意，不妨碍挂接（也列在“字段”一步的各信息项下）</summary>
                <FindingList of={warnings} nameOf={nameOf} />
              </details>
            )}
            {trial.rows.length > 0 && <Sample trial={trial} nameOf={nameOf} />}
            {errors.length === 0 &&
              (trial.quality.length === 0 ? (
                <Alert type="success" showIcon title="没有发现数据质量问题" />
              ) : (
                <>
                  <h2>数据质量发现</h2>
                  {trial.checked_rows > 0 && (bad / trial.checked_rows) * 100 > threshold && (
                    <Alert
                      type="warning"
                      showIcon
                      title={`问题数据的比例超过阈值 ${threshold}%，照此挂接，第一批就会暂扣`}
                    />
                  )}
                  <Listing
                    caption="数据质量发现"
                    rows={trial.quality}
                    columns={qualityColumns(nameOf)}
                    rowKey={({ item, rule, message }) => `${item} ${rule} ${message}`}
                  />
                </>
              ))}
          </div>
        )
      }}
    </Loaded>
  )
}
