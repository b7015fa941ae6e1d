import { Button } from 'antd'
import { useState } from 'react'
import './views.css'

// The clipboard interface exists on https and localhost only; an intranet over http still has the old command.
const copyText = async (text: string): Promise<void> => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

export const CopyButton = ({ text, label = '复制' }: { text: string; label?: string }) => {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await copyText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <Button size="small" onClick={copy}>
      {isCopied ? '已复制' : label}
    </Button>
  )
}

/** Exact text on its dark ground, to be read and copied. */
export const CodeBlock = ({ title, text }: { title?: string; text: string }) => (
  <figure style={{ margin: 0 }} aria-label={title}>
    {title && <figcaption className="code-title">{title}</figcaption>}
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <pre tabIndex={0}>{text}</pre>
      <span className="copy">
        <CopyButton text={text} />
      </span>
    </div>
  </figure>
)

export const saveText = (name: string, text: string, type = 'text/plain;charset=utf-8'): void => {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
