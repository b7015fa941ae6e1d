import type { HomeView } from '@sanjiang/contract/site'
import { DatasetCard } from './dataset-card.tsx'
import { baseMap } from './draw/base-map.ts'
import { albers, boxOf, sheetFor } from './draw/projection.ts'
import { pathsOf } from './draw/shape.ts'
import { SearchForm } from './search-form.tsx'

const MOST_SILHOUETTE = 5_000

/** The province behind the search, for the eye only. */
const silhouette = (() => {
  const shapes = baseMap().map(({ rings }) => rings.map((ring) => ring.map(albers)))
  const sheet = sheetFor(boxOf(shapes.flat(2)), { width: 520, margin: 4, tallest: 0.8 })
  const rings = shapes.map((own) => own.map((ring) => ring.map(sheet.place)))
  return { sheet, path: pathsOf({ rings, most: MOST_SILHOUETTE }).join('') }
})()

const Hero = () => (
  <section className="hero" aria-labelledby="hero">
    <svg className="province" viewBox={`0 0 520 ${silhouette.sheet.height}`} aria-hidden="true">
      <path d={silhouette.path} />
    </svg>
    <h1 id="hero">查找和使用政府公开的数据</h1>
    <SearchForm q="" isLarge />
    <p>不用注册，直接查看、下载、调用。</p>
  </section>
)

const State = ({ counts, as_of }: HomeView) => (
  <section aria-labelledby="state">
    <h2 id="state">数据开放到哪了</h2>
    <dl className="figures">
      {(
        [
          ['开放的数据集', counts.datasets],
          ['可直接使用', counts.unconditional],
          ['数据行', counts.rows],
          ['提供部门', counts.organs],
          ['今年下载', counts.downloads],
        ] as const
      ).map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value.toLocaleString('zh-CN')}</dd>
        </div>
      ))}
    </dl>
    <p className="meta">
      截至 {as_of}。<a href="/statistics">完整统计</a>
    </p>
  </section>
)

const Themes = ({ themes }: Pick<HomeView, 'themes'>) => (
  <section aria-labelledby="themes">
    <h2 id="themes">按主题查找</h2>
    <ul className="tiles">
      {themes.map(({ title, count }) => (
        <li key={title}>
          <a href={`/search?theme=${encodeURIComponent(title)}`}>
            {title} <span className="count">{count}</span>
          </a>
        </li>
      ))}
    </ul>
  </section>
)

const Popular = ({ popular }: Pick<HomeView, 'popular'>) => (
  <section aria-labelledby="popular">
    <h2 id="popular">近期常用</h2>
    {popular.length === 0 && <p>三十天内还没有人使用。</p>}
    <ol className="ranks">
      {popular.map(({ slug, title, count }) => (
        <li key={slug}>
          <a href={`/datasets/${slug}`}>{title}</a>
          <span className="count">{count.toLocaleString('zh-CN')} 次</span>
        </li>
      ))}
    </ol>
  </section>
)

const Newest = ({ newest }: Pick<HomeView, 'newest'>) => (
  <section aria-labelledby="newest">
    <h2 id="newest">最近发布</h2>
    <ul className="cards">
      {newest.map((one) => (
        <DatasetCard key={one.slug} heading="h3" {...one} />
      ))}
    </ul>
  </section>
)

const Ask = () => (
  <section className="ask" aria-labelledby="ask">
    <h2 id="ask">没有找到要的数据？</h2>
    <ol>
      <li>先检索，可能用了别的名字。</li>
      <li>
        看看<a href="/wishes">别人提过的需求</a>，可以附议。
      </li>
      <li>
        <a href="/wishes/new">提出需求</a>，有关部门在承诺的期限内公开答复；凭编号<a href="/status">查询进度</a>
        ，不用登录。
      </li>
    </ol>
  </section>
)

const Answered = ({ answered }: Pick<HomeView, 'answered'>) => (
  <section aria-labelledby="answered">
    <h2 id="answered">本月答复</h2>
    <p>{answered.count > 0 ? `本月已公开答复 ${answered.count} 件。` : '本月还没有需要公开的答复。'}</p>
    <ul className="ranks">
      {answered.threads.map(({ number, title, href, answered_on }) => (
        <li key={number}>
          <a href={href}>{title}</a>
          <span className="count">{answered_on}</span>
        </li>
      ))}
    </ul>
  </section>
)

const Apps = ({ apps }: Pick<HomeView, 'apps'>) => (
  <section aria-labelledby="apps">
    <h2 id="apps">用开放数据做的应用</h2>
    {apps.length === 0 ? (
      <p>
        还没有登记的应用。<a href="/showcase/new">登记您的应用</a>
      </p>
    ) : (
      <ul className="tiles wide-tiles">
        {apps.map(({ number, title, text }) => (
          <li key={number}>
            <h3>
              <a href={`/showcase/${number}`}>{title}</a>
            </h3>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    )}
  </section>
)

export const HomePage = (view: HomeView) => (
  <>
    <Hero />
    <State {...view} />
    {view.themes.length > 0 && <Themes {...view} />}
    <div className="pair">
      {view.newest.length > 0 && <Newest {...view} />}
      <div>
        <Popular {...view} />
        <Answered {...view} />
        <Ask />
      </div>
    </div>
    <Apps {...view} />
  </>
)
