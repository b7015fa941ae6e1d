import type { SiteView } from '@sanjiang/contract/site'
import { DatasetCard } from './dataset-card.tsx'

type Search = Extract<SiteView, { page: 'search' }>

const pathOf = ({ q, theme }: Pick<Search, 'q' | 'theme'>, from: number): string => {
  const params = new URLSearchParams()
  if (q) params.set('q', q)
  if (theme) params.set('theme', theme)
  if (from > 0) params.set('from', String(from))
  return params.size > 0 ? `/search?${params}` : '/search'
}

const Pages = (view: Search) => (
  <nav className="pages" aria-label="翻页">
    {view.from > 0 && <a href={pathOf(view, Math.max(0, view.from - view.limit))}>上一页</a>}
    {view.from + view.rows.length < view.total && <a href={pathOf(view, view.from + view.limit)}>下一页</a>}
  </nav>
)

export const SearchPage = (view: Search) => {
  const { q, theme, total, from, rows, themes } = view
  return (
    <>
      <h1>{q ? `“${q}”` : '全部数据集'}</h1>
      <p>
        {total > 0 ? `共 ${total} 个，本页第 ${from + 1}–${from + rows.length} 个` : '没有找到'}
        {theme && (
          <>
            ；主题：{theme}（<a href={pathOf({ q, theme: '' }, 0)}>不限主题</a>）
          </>
        )}
      </p>
      {total === 0 && (
        <p>{!theme && themes.length > 0 ? '换一个说法试试，或者从下面的主题开始。' : '换一个说法试试。'}</p>
      )}
      <ul className="cards">
        {rows.map((one) => (
          <DatasetCard key={one.slug} heading="h2" {...one} />
        ))}
      </ul>
      <Pages {...view} />
      {!theme && themes.length > 0 && (
        <section aria-labelledby="themes">
          <h2 id="themes">主题</h2>
          <ul className="themes">
            {themes.map(({ title, count }) => (
              <li key={title}>
                <a href={pathOf({ q, theme: title }, 0)}>{title}</a> {count}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
