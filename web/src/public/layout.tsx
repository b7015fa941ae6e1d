import type { ReactNode } from 'react'
import { SearchForm } from './search-form.tsx'

interface LayoutProps {
  readonly title: string
  readonly q: string
  readonly hasSearch: boolean
  readonly style: string
  readonly demo: boolean
  readonly children: ReactNode
}

/** The frame of every public page: skip link, where one is, search, the page, who answers for it. */
export const Layout = ({ title, q, hasSearch, style, demo, children }: LayoutProps) => (
  <html lang="zh-CN">
    <head>
      <meta charSet="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title === '青海省公共数据开放' ? title : `${title} · 青海省公共数据开放`}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={style} />
    </head>
    <body>
      <a className="skip" href="#main">
        跳到正文
      </a>
      <header className="top">
        <div className="wide top-row">
          <a className="brand" href="/">
            青海省公共数据开放
          </a>
          {demo && <span className="demo">演示，数据均为虚构</span>}
          <nav aria-label="主导航">
            <a href="/search">全部数据集</a>
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
          <p>主办：省政府电子政务办公室　运维：省信息中心　服务电话：12345</p>
          <p>
            <a href="/accessibility">无障碍声明</a>
          </p>
        </div>
      </footer>
    </body>
  </html>
)
