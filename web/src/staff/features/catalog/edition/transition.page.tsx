import { getTransition, type Transition } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, Listing, Nothing } from '../../../../ui/listing.tsx'
import { PageHead } from '../../../../ui/page-head.tsx'
import { Loaded } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'

interface Organ {
  readonly organ_id: string
  readonly name: string
  readonly open: number
  readonly mended: number
}

export const countdownOf = ({ is_over, working_days_left, transition_until }: Transition): string =>
  is_over
    ? `过渡期已于 ${transition_until} 结束，问题已计入`
    : `至 ${transition_until}，还有 ${working_days_left} 个工作日`

const columnsOf = (effectId: string): Column<Organ>[] => [
  { title: '机构', kind: 'lead', render: ({ name }) => name, text: ({ name }) => name },
  {
    title: '待修订',
    kind: 'num',
    render: ({ organ_id, open }) => (
      <Link to={`/catalog/effects/${effectId}?${new URLSearchParams({ organ_id })}`}>{open}</Link>
    ),
    text: ({ open }) => open,
  },
  { title: '已修订', kind: 'num', render: ({ mended }) => mended, text: ({ mended }) => mended },
  {
    title: '进度',
    render: ({ open, mended }) => (
      <span className="bar" role="img" aria-label={`${mended} / ${open + mended}`}>
        <i style={{ width: `${Math.round((mended / Math.max(1, open + mended)) * 100)}%` }} />
      </span>
    ),
  },
]

/** Who still has to bring which entries up to the version adopted, and until when. */
export const TransitionPage = () => {
  const [search] = useSearchParams()
  const organ = search.get('organ')
  const query = useQuery({ queryKey: ['catalog', 'transition'], queryFn: () => call(getTransition, {}) })
  return (
    <div className="page">
      <PageHead title="标准过渡期" crumbs={[{ title: '目录标准', to: '/catalog/standard' }]} />
      <Loaded query={query}>
        {(data) =>
          data === null ? (
            <div className="panel">
              <Nothing>现在没有过渡期：没有采纳过新的版次。</Nothing>
            </div>
          ) : (
            <>
              <Alert
                type={data.transition.is_over ? 'error' : 'warning'}
                showIcon
                title={`《${data.transition.title}》自 ${data.transition.effective_from} 起施行`}
                description={countdownOf(data.transition)}
              />
              <Listing
                caption="各机构须修订的条目"
                rows={data.organs.filter(({ organ_id }) => organ === null || organ_id === organ)}
                columns={columnsOf(data.effect_id)}
                rowKey={({ organ_id }) => organ_id}
                foot={organ && <Link to="/catalog/transition">列出全部机构</Link>}
              />
            </>
          )
        }
      </Loaded>
    </div>
  )
}
