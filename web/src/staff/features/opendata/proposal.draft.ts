import type { catalog } from '@sanjiang/contract'
import { type ColumnShaping, type LICENCES, type Release, THEMES, type ThemeCode } from '@sanjiang/contract/opendata'
import { useEffect, useState } from 'react'

type Item = catalog.ResourceDetail['content']['items'][number]

export interface ProposalDraft {
  readonly item_ids: readonly string[]
  readonly edition_id?: string
  /** Conditional: whether the first rows may be shown to who thinks of applying. */
  readonly shows_sample?: boolean
  readonly columns: Readonly<Record<string, Omit<ColumnShaping, 'item_id'>>>
  readonly words: {
    readonly title?: string
    readonly summary?: string
    readonly contact?: string
    readonly licence?: (typeof LICENCES.codes)[number]
    readonly theme_code?: ThemeCode
    readonly keywords?: readonly string[]
  }
}

/** Why an item cannot be let out; the server refuses the same. */
export const closedReason = ({ open_type, share_type, sensitivity }: Item): string | null => {
  if (share_type === 'withheld') return '不予共享'
  if (open_type === 'closed') return '目录标为不予开放'
  return sensitivity === 'L3' || sensitivity === 'L4' ? `敏感数据（${sensitivity}）` : null
}

export const emptyDraft = ({ content }: catalog.ResourceDetail): ProposalDraft => ({
  item_ids: content.items.filter((item) => closedReason(item) === null).map(({ item_id }) => item_id),
  columns: {},
  words: {
    title: content.name,
    licence: content.open_type === 'conditional' ? 'conditional' : 'open',
    keywords: content.keywords ?? [],
  },
})

const codeOf = (title: string): ThemeCode | undefined => THEMES.codes.find((code) => THEMES.titles[code] === title)

/** What was proposed last time, open to change: nobody types the same words twice. */
export const draftAfter = (resource: catalog.ResourceDetail, { content }: Release): ProposalDraft => {
  const first = emptyDraft(resource)
  const { items } = resource.content
  const names = new Set(content.items.map(({ name_en }) => name_en))
  const shaped = new Map(content.rows?.columns.map((column) => [column.name, column]))
  const item_ids = items
    .filter((item) => closedReason(item) === null && names.has(item.name_en ?? ''))
    .map(({ item_id }) => item_id)
  const columns = items.flatMap(({ item_id, name_en }) => {
    const column = shaped.get(name_en ?? '')
    if (!column) return []
    const { shaping, role, unit } = column
    return [[item_id, { shaping, ...(role ? { role } : {}), ...(unit ? { unit } : {}) }] as const]
  })
  const { title, summary, contact, licence, theme_title, keywords, shows_sample } = content
  return {
    item_ids: item_ids.length > 0 ? item_ids : first.item_ids,
    columns: Object.fromEntries(columns),
    ...(shows_sample ? { shows_sample } : {}),
    words: { title, summary, contact, licence, theme_code: codeOf(theme_title), keywords },
  }
}

const keyOf = (id: string): string => `sanjiang.opening.${id}`

const readKept = (id: string): ProposalDraft | undefined => {
  try {
    return JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** Kept on this machine until it is sent, so that a closed window loses nothing. */
export const useProposalDraft = (id: string, first: ProposalDraft) => {
  const [draft, setDraft] = useState<ProposalDraft>(() => readKept(id) ?? first)
  useEffect(() => {
    try {
      localStorage.setItem(keyOf(id), JSON.stringify(draft))
    } catch {
      // Storage may be forbidden by the browser's policy; the draft then lasts for this page only.
    }
  }, [id, draft])
  const forget = (): void => {
    try {
      localStorage.removeItem(keyOf(id))
    } catch {
      // As above.
    }
  }
  return { draft, setDraft, forget }
}
