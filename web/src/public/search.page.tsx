import type { SearchView, SiteUnderstood } from '@sanjiang/contract/site.search'
import { addressOf, withoutFacet } from './search.address.ts'
import { FACET_WORDS } from './search.words.ts'
import { Choices, Filters, Sorts } from './search-filters.tsx'
import { Hit } from './search-hit.tsx'

const Pages = (view: SearchView) => {
  const { from, limit, total, rows } = view
  const last = Math.ceil(total / limit)
  return last < 2 && from === 0 ? null : (
    <nav className="pages" aria-label="翻页">
      {from > 0 && (
        <a href={addressOf({ ...view, from: Math.max(0, from - limit) })} rel="prev">
          上一页
        </a>
      )}
      {last > 1 && (
        <span>
          第 {Math.floor(from / limit) + 1} / {last} 页
        </span>
      )}
      {from + rows.length < total && rows.length > 0 && (
        <a href={addressOf({ ...view, from: from + limit })} rel="next">
          下一页
        </a>
      )}
    </nav>
  )
}

const MATCH_WORDS: Readonly<Partial<Record<SearchView['match'], string>>> = {
  partial: '没有哪个数据集含全部检索词，下面的含其中一部分。',
  typo: '没有与所写完全相同的词，下面按最接近的写法查找。',
  pinyin: '下面按拼音查找。',
  code: '下面是代码以此开头的数据集。',
}

const HOW_WORDS: Readonly<Record<SiteUnderstood['how'], string>> = {
  synonym: '也按同义词找',
  organ: '是部门的名称或简称',
  pinyin: '按拼音读作',
  initials: '按拼音首字母读作',
  mended: '可能是',
}

/** What was understood, so that nobody wonders why a thing was found that he did not write. */
const Understood = ({ understood, dropped, match }: SearchView) => (
  <>
    {MATCH_WORDS[match] && <p className="notice">{MATCH_WORDS[match]}</p>}
    {(understood.length > 0 || dropped.length > 0) && (
      <ul className="understood" aria-label="检索词的理解">
        {understood.map(({ text, how, as }) => (
          <li key={`${text} ${how}`}>
            “{text}”{HOW_WORDS[how]}：{as.join('、')}
          </li>
        ))}
        {dropped.length > 0 && <li>没有用来查找的词：{dropped.join('、')}</li>}
      </ul>
    )}
  </>
)

const wishAddress = (q: string): string => (q ? `/wishes/new?q=${encodeURIComponent(q)}` : '/wishes/new')

/** Nothing was found: what to take back, what comes near, and where to ask for it. */
const Nothing = (view: SearchView) => (
  <section aria-labelledby="nothing">
    <h2 id="nothing">没有找到</h2>
    {view.without.length > 0 && (
      <ul>
        {view.without.map(({ facet, total }) => (
          <li key={facet}>
            <a href={addressOf(withoutFacet(view, facet))}>不限{FACET_WORDS[facet]}</a>，有 {total} 个
          </li>
        ))}
      </ul>
    )}
    {view.nearest.length > 0 && (
      <>
        <p>名称相近的数据集：</p>
        <ul>
          {view.nearest.map((title) => (
            <li key={title}>
              <a href={addressOf({ q: title, chosen: {}, sort: 'relevance', from: 0 })}>{title}</a>
            </li>
          ))}
        </ul>
      </>
    )}
    <ul>
      <li>少写几个字，或者换个说法：平常的叫法、部门简称都可以</li>
      <li>写字段的名称也能找到，如“统一社会信用代码”</li>
    </ul>
    <p>
      也可以看看<a href="/search">全部数据集</a>，或者
      <a href={wishAddress(view.q)}>提出需求</a>，由有关部门答复。
    </p>
  </section>
)

export const SearchPage = (view: SearchView) => {
  const { q, total, from, rows, terms } = view
  return (
    <>
      <h1>{q ? `“${q}”的检索结果` : '全部数据集'}</h1>
      <p role="status">
        {total > 0 && rows.length > 0
          ? `共 ${total} 个数据集，本页第 ${from + 1}–${from + rows.length} 个`
          : `共 ${total} 个数据集`}
      </p>
      <Understood {...view} />
      <Choices view={view} />
      <Filters view={view} />
      {total === 0 && <Nothing {...view} />}
      {total > 0 && rows.length === 0 && (
        <p>
          这一页没有内容，<a href={addressOf({ ...view, from: 0 })}>回到第一页</a>。
        </p>
      )}
      {rows.length > 0 && (
        <>
          <Sorts view={view} />
          <ul className="cards">
            {rows.map((hit) => (
              <Hit key={hit.slug} hit={hit} terms={terms} saysPartial={view.match !== 'partial'} />
            ))}
          </ul>
          <Pages {...view} />
          {q && (
            <p>
              没有要找的？<a href={wishAddress(q)}>提出需求</a>
            </p>
          )}
        </>
      )}
    </>
  )
}
