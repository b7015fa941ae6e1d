import { type ReactNode, useEffect } from 'react'
import { Link } from 'react-router'
import './pieces.css'

export interface Crumb {
  readonly title: string
  readonly to?: string
}

/** Where one is, what this is, what one can do here. Also names the browser tab. */
export const PageHead = ({
  title,
  crumbs = [],
  sub,
  actions,
}: {
  title: string
  crumbs?: readonly Crumb[]
  sub?: ReactNode
  actions?: ReactNode
}) => {
  useEffect(() => {
    document.title = `${title} · 三江`
  }, [title])
  return (
    <header className="page-head">
      <div>
        {crumbs.length > 0 && (
          <nav aria-label="位置">
            <ol className="crumbs">
              {crumbs.map((crumb) => (
                <li key={crumb.title}>{crumb.to ? <Link to={crumb.to}>{crumb.title}</Link> : crumb.title}</li>
              ))}
            </ol>
          </nav>
        )}
        <h1>{title}</h1>
        {sub && <p className="sub">{sub}</p>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </header>
  )
}

export const Panel = ({ title, extra, children }: { title?: string; extra?: ReactNode; children: ReactNode }) => (
  <section className="panel" aria-label={title}>
    {title && (
      <div className="panel-head">
        <h2>{title}</h2>
        {extra}
      </div>
    )}
    {children}
  </section>
)

/** Label and value pairs; a pair without a value is left out. */
export const Facts = ({ of }: { of: readonly (readonly [label: string, value: ReactNode])[] }) => (
  <dl className="facts">
    {of
      .filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
      .map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
)

export type Tone = 'good' | 'wait' | 'bad' | 'info' | 'calm'

export const StateTag = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={`state ${tone}`}>{children}</span>
)
