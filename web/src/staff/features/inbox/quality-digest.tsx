import { FINDING_KINDS, FIXES, getOrganQuality, QUALITY_LEVELS } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

const useOrganQuality = () =>
  useQuery({ queryKey: ['catalog', 'organ-quality'], queryFn: () => call(getOrganQuality, { query: {} }) })

type OrganQuality = NonNullable<ReturnType<typeof useOrganQuality>['data']>

const Findings = ({ of: { findings, organ_id } }: { of: OrganQuality }) =>
  findings.length === 0 ? (
    <p className="nothing">没有未销号的检查发现。</p>
  ) : (
    <ul className="digest" aria-label="未销号的检查发现">
      {findings.map(({ kind, count }) => (
        <li key={kind}>
          <Link to={`/catalog/entry-findings?organ=${organ_id}&kind=${kind}`}>{FINDING_KINDS.titles[kind]}</Link>
          <span className="digest-state">{count} 条</span>
        </li>
      ))}
    </ul>
  )

const Actions = ({ of: { actions } }: { of: OrganQuality }) => (
  <ul className="digest" aria-label="最能提分的事">
    {actions.map(({ rule, title, fix, entries, raises, resource_id, resource_name }) => (
      <li key={rule}>
        <Link to={`/catalog/resources/${resource_id}`}>{title}</Link>
        <small>
          {FIXES.titles[fix]}：{entries} 个条目，先从“{resource_name}”做起
        </small>
        <span className="digest-state">平均分 +{raises}</span>
      </li>
    ))}
  </ul>
)

/** My organ's entries: how good on average, what is out of order, what would raise the average most. */
export const QualityDigest = () => {
  const query = useOrganQuality()
  if (query.data?.entries === 0) return null
  return (
    <Panel title="本部门目录质量" extra={<Link to="/catalog/quality-rules">评定方法</Link>}>
      <Loaded query={query}>
        {(data) => (
          <>
            <p>
              平均 <b>{data.average}</b> 分，{data.entries} 个条目：
              {data.levels.map(({ level, count }) => `${QUALITY_LEVELS.titles[level]} ${count}`).join('，')}
            </p>
            <Findings of={data} />
            {data.actions.length > 0 && <h3>最能提分的事</h3>}
            <Actions of={data} />
          </>
        )}
      </Loaded>
    </Panel>
  )
}
