import type { ReactNode } from 'react'
import { type Crumb, PageHead } from './page-head.tsx'
import './views.css'

interface PageProps {
  readonly title: string
  readonly crumbs?: readonly Crumb[]
  readonly sub?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** The frame of a page: its head, then the thing itself. */
export const Page = ({ children, ...head }: PageProps) => (
  <div className="page">
    <PageHead {...head} />
    {children}
  </div>
)
