import type { ReactNode } from 'react'
import { OFFICE } from '../office.ts'
import './login.css'

const Waves = () => (
  <svg viewBox="0 0 32 32" width="44" height="44" aria-hidden="true">
    <g fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round">
      <path d="M5 10c5-4 7 4 11 0s7-3 11 0" />
      <path d="M5 17c5-4 7 4 11 0s7-3 11 0" />
      <path d="M5 24c5-4 7 4 11 0s7-3 11 0" />
    </g>
  </svg>
)

/** A page before the shell: plain HTML, so that the door opens fast on any line. */
export const Plain = ({ title, children, footer }: { title: string; children: ReactNode; footer?: ReactNode }) => (
  <div className="door">
    <header className="door-brand">
      <Waves />
      <div>
        <strong>{OFFICE.product}</strong>
        <span>{OFFICE.subtitle}</span>
      </div>
      <p>一次编目，全省可查；按项申请，全程存证。</p>
    </header>
    <main id="main" className="door-card" tabIndex={-1}>
      <h1>{title}</h1>
      {children}
    </main>
    <footer className="door-foot">
      {footer}
      <span>主办：{OFFICE.responsible}</span>
      <span>服务电话：{OFFICE.phone}</span>
    </footer>
  </div>
)

export const Refusal = ({ id, text }: { id?: string; text: string | undefined }) =>
  text ? (
    <p id={id} className="refusal" role="alert">
      {text}
    </p>
  ) : null

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'password'
  readonly autoComplete: string
  readonly hint?: string
  readonly error?: string
  readonly numeric?: boolean
  readonly autoFocus?: boolean
}

/** One labelled field with its hint and its error, tied together for screen readers. */
export const PlainField = ({ name, label, type = 'text', hint, error, numeric, ...rest }: FieldProps) => (
  <div className="door-field">
    <label htmlFor={name}>{label}</label>
    <input
      id={name}
      name={name}
      type={type}
      required
      inputMode={numeric ? 'numeric' : undefined}
      aria-invalid={error ? true : undefined}
      aria-describedby={`${name}-hint`}
      {...rest}
    />
    <div id={`${name}-hint`}>{error ? <Refusal text={error} /> : hint && <small className="muted">{hint}</small>}</div>
  </div>
)
