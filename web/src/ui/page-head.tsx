import { type ReactNode, useEffect } from 'react'

interface PageHeadProps {
  readonly title: string
  /** One line under the title: what this page is about, or the state of the thing shown. */
  readonly lead?: ReactNode
  /** Buttons, right of the title; below it on a phone. */
  readonly actions?: ReactNode
  /** Where one came from, as links. */
  readonly trail?: ReactNode
}

/** The head of every page: its one `h1`, also the window's title. */
export const PageHead = ({ title, lead, actions, trail }: PageHeadProps) => {
  useEffect(() => {
    document.title = `${title} · 三江`
  }, [title])
  return (
    <div className="page-head">
      {trail && (
        <nav className="trail" aria-label="位置">
          {trail}
        </nav>
      )}
      <div className="row between">
        <h1>{title}</h1>
        {actions && <div className="row">{actions}</div>}
      </div>
      {lead && <p className="lead">{lead}</p>}
    </div>
  )
}
