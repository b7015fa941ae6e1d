import type { SiteView } from '@sanjiang/contract/site'
import { DatasetCard } from './dataset-card.tsx'
import { SearchForm } from './search-form.tsx'

export const HomePage = ({ counts, themes, newest, as_of }: Extract<SiteView, { page: 'home' }>) => (
  <>
    <section className="hero" aria-labelledby="hero">
      <h1 id="hero">查找和使用政府公开的数据</h1>
      <SearchForm q="" isLarge />
    </section>
    <section aria-labelledby="state">
      <h2 id="state">数据开放到哪了</h2>
      <dl className="figures">
        <div>
          <dt>开放的数据集</dt>
          <dd>{counts.datasets}</dd>
        </div>
        <div>
          <dt>可直接使用</dt>
          <dd>{counts.unconditional}</dd>
        </div>
        <div>
          <dt>提供部门</dt>
          <dd>{counts.organs}</dd>
        </div>
      </dl>
      <p className="meta">{as_of === null ? '还没有数据集通过审查开放。' : `最近一次发布：${as_of}`}</p>
    </section>
    {themes.length > 0 && (
      <section aria-labelledby="themes">
        <h2 id="themes">按主题查找</h2>
        <ul className="themes">
          {themes.map(({ title, count }) => (
            <li key={title}>
              <a href={`/search?theme=${encodeURIComponent(title)}`}>{title}</a> {count}
            </li>
          ))}
        </ul>
      </section>
    )}
    {newest.length > 0 && (
      <section aria-labelledby="newest">
        <h2 id="newest">最近发布</h2>
        <ul className="cards">
          {newest.map((one) => (
            <DatasetCard key={one.slug} heading="h3" {...one} />
          ))}
        </ul>
      </section>
    )}
  </>
)
