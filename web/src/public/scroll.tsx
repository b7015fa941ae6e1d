import type { ReactNode } from 'react'

interface ScrollProps {
  /** What it is, for whoever comes to it by keyboard; no two on a page are called the same. */
  readonly label: string
  readonly children: ReactNode
}

/** What may be wider than the window scrolls by itself. */
export const Scroll = ({ label, children }: ScrollProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
  <section className="scroll" aria-label={label} tabIndex={0}>
    {children}
  </section>
)

interface CodeProps {
  readonly text: string
  readonly label: string
}

/** A command or an answer to be copied. */
export const Code = ({ text, label }: CodeProps) => (
  <Scroll label={label}>
    <pre>
      <code>{text}</code>
    </pre>
  </Scroll>
)

/** An address to be opened as well as copied. */
export const Address = ({ href }: { readonly href: string }) => (
  <a href={href}>
    <code>{href}</code>
  </a>
)
