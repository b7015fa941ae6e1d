import { type GrantDetail, type GrantVersion, MASK_RULES } from '@sanjiang/contract/sharing'
import type { ReactNode } from 'react'
import { Panel } from '../../../ui/page-head.tsx'
import { conditionText, quotaText } from './sharing.words.tsx'

interface Change {
  readonly what: string
  readonly before: string
  readonly after: string
}

const maskChanges = (before: GrantVersion, after: GrantVersion): Change[] =>
  before.items.flatMap((old) => {
    const kept = after.items.find(({ item_id }) => item_id === old.item_id)
    if (!kept) return [{ what: '信息项', before: old.name, after: '' }]
    if (kept.mask_rule === old.mask_rule) return []
    return [
      {
        what: `${old.name}的脱敏`,
        before: MASK_RULES.titles[old.mask_rule],
        after: MASK_RULES.titles[kept.mask_rule],
      },
    ]
  })

const termTexts = (version: GrantVersion, nameOf: (item: string) => string): Record<string, string> => ({
  记录范围: version.row_conditions.map((one) => conditionText(one, nameOf)).join('；') || '全部记录',
  调用上限: quotaText({ count: version.quota_count, period: version.quota_period }),
  期限起: version.starts_on,
  期限止: version.ends_on,
  签名方式: version.allows_low_assurance ? '可用四头签名' : '消息签名',
})

const changesOf = (before: GrantVersion, after: GrantVersion, nameOf: (item: string) => string): Change[] => {
  const old = termTexts(before, nameOf)
  const terms = Object.entries(termTexts(after, nameOf))
    .filter(([what, text]) => old[what] !== text)
    .map(([what, text]) => ({ what, before: old[what] ?? '', after: text }))
  return [...maskChanges(before, after), ...terms]
}

const Changes = ({ changes }: { changes: readonly Change[] }): ReactNode => (
  <ul className="diff">
    {changes.map(({ what, before, after }) => (
      <li key={`${what} ${before}`}>
        {what}：<del>{before}</del> {after ? <ins>{after}</ins> : '不再提供'}
      </li>
    ))}
  </ul>
)

/** Every version of the grant, newest first, each with what it took away. */
export const GrantVersions = ({ grant, nameOf }: { grant: GrantDetail; nameOf: (item: string) => string }) => {
  const versions = [...grant.versions].sort((a, b) => b.version - a.version)
  return (
    <Panel title="版本">
      <ol className="plain">
        {versions.map((version, index) => {
          const before = versions[index + 1]
          return (
            <li key={version.version} className="talk">
              <b>第 {version.version} 版</b>
              <span className="muted">
                {version.issued_on} · {version.issued_by_name} · {version.change_reason}
              </span>
              {before ? (
                <Changes changes={changesOf(before, version, nameOf)} />
              ) : (
                <p className="muted">
                  {version.items.length} 项，{quotaText({ count: version.quota_count, period: version.quota_period })}
                  ，至 {version.ends_on}
                </p>
              )}
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
