import { createHash } from 'node:crypto'
import type { ColumnKind } from '@sanjiang/contract/site.column'
import { pinyin } from 'pinyin-pro'

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const names = new Map<string, string>()
const MOST_NAMES = 20_000

/** The name machines call an organ or a theme by: its reading, and of its title a mark, for two may sound alike. */
export const machineName = (title: string): string => {
  const known = names.get(title)
  if (known) return known
  if (names.size >= MOST_NAMES) names.clear()
  const sound = pinyin(title.slice(0, 40), { toneType: 'none', separator: '', v: true, nonZh: 'consecutive' })
  const plain = sound
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
    .slice(0, 60)
  const name = `${plain || 'x'}-${digestOf(title).slice(0, 6)}`
  names.set(title, name)
  return name
}

/** An id that is always the same for the same thing (RFC 9562 version 8). */
export const stableId = (...parts: readonly string[]): string => {
  const hex = digestOf(parts.join('\n'))
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Types of columns as Frictionless table schemas name them. */
export const TABLE_TYPES: Readonly<Record<ColumnKind, string>> = {
  ...{ text: 'string', number: 'number', integer: 'integer', date: 'date', time: 'datetime' },
  ...{ flag: 'boolean', shape: 'geojson' },
}
