import type { ResourceDetail } from '@sanjiang/contract/catalog'

const STAGES = [
  { key: 'draft', title: '编制' },
  { key: 'dept_review', title: '部门审核' },
  { key: 'platform_review', title: '平台审核、赋码' },
  { key: 'published', title: '发布' },
] as const

/** Where an entry stands on its way, and who comes next. */
export const StageStrip = ({ resource }: { resource: Pick<ResourceDetail, 'state' | 'provider_short_name'> }) => {
  const at = STAGES.findIndex(({ key }) => key === resource.state)
  return (
    <span className="stages" role="img" aria-label={`当前环节：${STAGES[at]?.title ?? '已下架'}`}>
      {STAGES.map(({ key, title }, index) => (
        <span key={key} className={index === at ? 'now' : index < at ? 'past' : undefined}>
          {title}
          {key === 'dept_review' && <small>{resource.provider_short_name}</small>}
        </span>
      ))}
    </span>
  )
}
