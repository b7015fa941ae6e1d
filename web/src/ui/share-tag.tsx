import { SHARE_TYPES } from '@sanjiang/contract/catalog'
import './share-tag.css'

const SIGNS: Record<string, string> = { unconditional: '●', conditional: '◐', withheld: '○' }

/** Share type as sign, word and colour: readable without the colour, and in print. */
export const ShareTag = ({ type, short }: { type: string | null | undefined; short?: boolean }) => {
  if (!type) return <span className="share none">未定</span>
  const title = SHARE_TYPES.titles[type as keyof typeof SHARE_TYPES.titles] ?? type
  return (
    <span className={`share ${type}`}>
      <i aria-hidden="true">{SIGNS[type]}</i>
      {short ? title.replace('共享', '') : title}
    </span>
  )
}
