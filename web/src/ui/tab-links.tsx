import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import './views.css'

interface Tab {
  readonly key: string
  readonly title: string
  readonly body: () => ReactNode
}

/** Parts of a page, one shown at a time; which one stands in the address, so each can be sent to a colleague. */
export const TabLinks = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => {
  const [search] = useSearchParams()
  const shown = tabs.find(({ key }) => key === search.get('tab')) ?? tabs[0]
  return (
    <section className="panel" aria-label={label}>
      <nav aria-label={`${label}的分栏`}>
        <ul className="tab-links">
          {tabs.map(({ key, title }) => (
            <li key={key}>
              <Link
                to={`?tab=${key}`}
                replace
                preventScrollReset
                aria-current={key === shown?.key ? 'page' : undefined}
              >
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {shown?.body()}
    </section>
  )
}
