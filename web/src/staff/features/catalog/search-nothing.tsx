import { FACETS, type SearchResult } from '@sanjiang/contract/catalog'
import { Button } from 'antd'
import { Link } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { useCan } from '../../session.ts'
import type { Search } from './search.query.ts'

/** Filters one by one: how many there would be without each, so that the one that leaves nothing is found at once. */
const Filtered = ({ result, search }: { result: SearchResult; search: Search }) => (
  <>
    {result.without.map(({ facet, total }) => (
      <li key={facet}>
        去掉“{FACETS.titles[facet]}”有 <b>{total}</b> 条
        {total > 0 && (
          <Button size="small" onClick={() => search.clearOne(facet)}>
            去掉
          </Button>
        )}
      </li>
    ))}
    <li>
      去掉全部 {search.count} 个筛选条件：
      <Button size="small" onClick={search.clear}>
        清除筛选
      </Button>
    </li>
  </>
)

/** Nothing found is where people give up: nearest words, looser filters, and a demand for what is not catalogued. */
export const SearchNothing = ({ result, search }: { result: SearchResult; search: Search }) => {
  const canDemand = useCan('sharing.demand.file')
  return (
    <div className="panel nothing-found">
      <h2>没有找到符合条件的资源</h2>
      {result.nearest.length > 0 && (
        <p>
          您是不是要找：
          {result.nearest.map((word) => (
            <Link key={word} to={`/catalog/search?q=${encodeURIComponent(word)}`} className="near">
              {word}
            </Link>
          ))}
        </p>
      )}
      <ul>
        {search.count > 0 && <Filtered result={result} search={search} />}
        <li>换用信息项名称（如“统一社会信用代码”）、部门名称，或拼音首字母。</li>
        <li>
          <Link to="/catalog/search">按分类浏览全部目录</Link>，从提供部门入手。
        </li>
        {canDemand && search.q !== '' && (
          <li>
            目录里确实没有的，提出需求，由平台找到或编出来：
            <LinkButton type="primary" to={`/sharing/demands/new?q=${encodeURIComponent(search.q)}`}>
              提需求
            </LinkButton>
          </li>
        )}
      </ul>
    </div>
  )
}
