import type { SiteFrame, SiteHead, SiteView } from '@sanjiang/contract/site'
import { SITE_NAME } from '@sanjiang/contract/site.name'
import type { ReactNode } from 'react'
import { SearchForm } from './search-form.tsx'

interface LayoutProps extends SiteFrame {
  readonly page: SiteView['page']
  readonly title: string
  readonly q: string
  readonly hasSearch: boolean
  readonly children: ReactNode
}

// "</" would end the element that holds the data.
const dataText = (data: SiteHead['json_ld']): string => JSON.stringify(data).replaceAll('<', '\\u003c')

const HeadLinks = ({ canonical, alternates = [], json_ld }: SiteHead) => (
  <>
    {canonical && <link rel="canonical" href={canonical} />}
    {alternates.map(({ type, href, title }) => (
      <link key={href} rel="alternate" type={type} href={href} title={title} />
    ))}
    {json_ld && <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: dataText(json_ld) }} />}
  </>
)

/** Three rivers. */
const Mark = () => (
  <svg width="30" height="30" viewBox="0 0 30 30" aria-hidden="true">
    <path d="M3 9c6-6 12 4 24-3M3 17c6-6 12 4 24-3M3 25c6-6 12 4 24-3" />
  </svg>
)

/** The menu: one line each, with the pages that stand below it. */
const MENU: readonly (readonly [href: string, title: string, pages: RegExp])[] = [
  ['/search', '全部数据集', /^(search|dataset|tombstone|question|apply)/],
  ['/wishes', '提需求', /^wish/],
  ['/showcase', '应用展示', /^showcase/],
  ['/status', '查询进度', /^(status|application)/],
  ['/preferences', '字号', /^preferences/],
]

/** What every page's foot leads to. */
const FOOT: readonly (readonly [href: string, title: string])[] = [
  ['/organs', '提供部门'],
  ['/statistics', '开放统计'],
  ['/developers', '开发者'],
  ['/licences', '许可'],
  ['/privacy', '隐私说明'],
  ['/legal', '法律说明'],
  ['/accessibility', '无障碍声明'],
]

/** The frame of every public page: skip link, where one is, search, the page, who answers for it. */
export const Layout = ({ page, title, q, hasSearch, style, demo, look, imprint, head, children }: LayoutProps) => (
  <html
    lang="zh-CN"
    className={[look.is_large && 'large', look.is_contrast && 'contrast'].filter(Boolean).join(' ') || undefined}
  >
    <head>
      <meta charSet="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title === SITE_NAME ? title : `${title} · ${SITE_NAME}`}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={style} />
      {head && <HeadLinks {...head} />}
    </head>
    <body>
      <a className="skip" href="#main">
        跳到正文
      </a>
      <header className="top">
        <div className="wide top-row">
          <a className="brand" href="/">
            <Mark />
            {SITE_NAME}
          </a>
          {demo && <span className="demo">演示，数据均为虚构</span>}
          <nav aria-label="主导航">
            {MENU.map(([href, title, pages]) => (
              <a key={href} href={href} aria-current={pages.test(page) ? 'true' : undefined}>
                {title}
              </a>
            ))}
          </nav>
        </div>
        {hasSearch && (
          <div className="wide top-search">
            <SearchForm q={q} />
          </div>
        )}
      </header>
      <main id="main" className="wide" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <div className="wide">
          <p>{imprint.join('　')}</p>
          <nav aria-label="关于本站">
            {FOOT.map(([href, title]) => (
              <a key={href} href={href}>
                {title}
              </a>
            ))}
          </nav>
        </div>
      </footer>
    </body>
  </html>
)
