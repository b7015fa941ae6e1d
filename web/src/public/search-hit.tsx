import type { SiteHit } from '@sanjiang/contract/site.search'
import { Marked } from './marked.tsx'
import { formatWord, inFormatOrder, qualityWord } from './search.words.ts'
import { CYCLE_WORDS, OPEN_WORDS } from './words.ts'

interface HitProps {
  readonly hit: SiteHit
  readonly terms: readonly string[]
  /** Said only where others hold everything. */
  readonly saysPartial: boolean
}

export const Hit = ({ hit, terms, saysPartial }: HitProps) => {
  const { slug, title, organ_name, theme_title, open_type, summary, released_on, update_cycle, formats } = hit
  const cycle = update_cycle === null ? undefined : CYCLE_WORDS[update_cycle]
  return (
    <li className="card">
      <h2>
        <a href={`/datasets/${slug}`}>
          <Marked text={title} terms={terms} />
        </a>
      </h2>
      <p className="meta">
        <Marked text={organ_name} terms={terms} /> · <Marked text={theme_title} terms={terms} /> ·{' '}
        {OPEN_WORDS[open_type]}
        {cycle && ` · ${cycle}`} · {released_on} 发布 · 质量 {qualityWord(hit.quality)}
      </p>
      <p className="summary">
        <Marked text={summary} terms={terms} />
      </p>
      {hit.matched_items.length > 0 && (
        <p className="meta">
          字段：
          {hit.matched_items.map((name, at) => (
            <span key={name}>
              {at > 0 && '、'}
              <Marked text={name} terms={terms} />
            </span>
          ))}
        </p>
      )}
      {hit.matched_values.length > 0 && (
        <p className="meta">
          数据里有{' '}
          {hit.matched_values.map(({ title: column, values }, at) => (
            <span key={column}>
              {at > 0 && '；'}
              {column}：
              {values.map((value, no) => (
                <span key={value}>
                  {no > 0 && '、'}
                  <a href={`/datasets/${slug}/preview?${new URLSearchParams({ q: value })}`} rel="nofollow">
                    <Marked text={value} terms={terms} />
                  </a>
                </span>
              ))}
            </span>
          ))}
        </p>
      )}
      {hit.row_count !== null && (
        <p className="meta">
          {hit.row_count.toLocaleString('zh-CN')} 行{hit.data_on && `，数据截至 ${hit.data_on}`}
          {formats.length > 0 && ` · ${inFormatOrder(formats).map(formatWord).join('、')}`}
        </p>
      )}
      {saysPartial && !hit.holds_all && <p className="meta partial">只含部分检索词</p>}
    </li>
  )
}
