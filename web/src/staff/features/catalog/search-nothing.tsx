import type { SearchResult } from '@sanjiang/contract/catalog'
import { Button } from 'antd'
import { Link } from 'react-router'
import { OFFICE } from '../../office.ts'
import type { Search } from './search.query.ts'

/** Nothing found is where people give up: nearest words, looser filters, and how to ask for what is not catalogued. */
export const SearchNothing = ({ result, search }: { result: SearchResult; search: Search }) => (
  <div className="panel nothing-found">
    <h2>没有找到符合条件的资源</h2>
    {result.nearest.length > 0 && (
      <p>
        您是否要找：
        {result.nearest.map((word) => (
          <Link key={word} to={`/catalog/search?q=${encodeURIComponent(word)}`} className="near">
            {word}
          </Link>
        ))}
      </p>
    )}
    <ul>
      {search.count > 0 && (
        <li>
          去掉已选的 {search.count} 个筛选条件再试：
          <Button size="small" onClick={search.clear}>
            清除筛选
          </Button>
        </li>
      )}
      <li>换用信息项名称（如“统一社会信用代码”）、部门名称，或拼音首字母。</li>
      <li>
        <Link to="/catalog/search">按分类浏览全部目录</Link>，从提供部门入手。
      </li>
      <li>
        确实没有编目的，可向{OFFICE.responsible}（{OFFICE.phone}
        ）提出信息需求：写明所需信息项、用途和履职依据，由其协调有关部门编目。
      </li>
    </ul>
  </div>
)
