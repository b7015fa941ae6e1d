import type {
  BatchEdit,
  BatchFault,
  BatchKind,
  BatchState,
  Item,
  ResourceContent,
  ResourceDraft,
} from '@sanjiang/contract/catalog'
import { RESOURCE_STATES } from '@sanjiang/contract/catalog'
import { Fault } from '#kernel/fault.ts'
import type { CellFault } from '../workbook/index.ts'

const VERBS = {
  upload: ['uploading'],
  read: ['uploading'],
  check: ['mapping', 'checked'],
  commit: ['checked'],
  undo: ['committed'],
  cancel: ['uploading', 'reading', 'mapping', 'checking', 'checked', 'failed'],
} as const satisfies Record<string, readonly BatchState[]>
export type BatchVerb = keyof typeof VERBS

interface BatchFace {
  readonly state: string
  readonly source: string
}

const isOpenTo = (verb: BatchVerb, { state, source }: BatchFace): boolean =>
  (VERBS[verb] as readonly string[]).includes(state) && (verb !== 'check' || source === 'workbook')

export const batchCan = (face: BatchFace): BatchVerb[] =>
  (Object.keys(VERBS) as BatchVerb[]).filter((verb) => isOpenTo(verb, face))

export const assertBatch = (verb: BatchVerb, face: BatchFace): void => {
  if (!isOpenTo(verb, face)) throw new Fault('wrong_state')
}

/** 3 → C, 28 → AB: columns as spreadsheets call them. */
export const columnName = (column: number): string => {
  const rest = Math.floor((column - 1) / 26)
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((column - 1) % 26))
}

export const cellName = ({ column, row }: { column: number; row: number }): string => `${columnName(column)}${row}`

/** A fault of a sheet as it is told. */
export const atCell = ({ cell, ...fault }: CellFault): BatchFault => ({
  ...fault,
  sheet: cell.sheet,
  cell: cellName(cell),
})

const LOOSENESS: Readonly<Record<string, number>> = { withheld: 0, conditional: 1, unconditional: 2 }

/** Items may be stricter than their entry, never freer: those that would be follow it. */
const tightened = (items: readonly Item[], { share_type, share_condition, share_basis }: ResourceContent): Item[] =>
  items.map((item) =>
    (LOOSENESS[item.share_type ?? ''] ?? -1) > (LOOSENESS[share_type ?? ''] ?? 2)
      ? { ...item, share_type, share_condition, withheld_basis: share_basis }
      : item,
  )

/** An entry as one bulk edit would leave it; what the edit does not name stays. */
export const applyEdit = (content: ResourceContent, edit: BatchEdit): ResourceDraft => {
  const { add_keywords = [], remove_keywords = [], ...set } = edit
  const gone = new Set(remove_keywords.map((word) => word.trim()))
  const words = [...content.keywords, ...add_keywords.map((word) => word.trim())]
  const named = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined))
  const edited = { ...content, ...named, keywords: words.filter((word) => !gone.has(word)) }
  const { share_type } = edited
  // A condition or a basis belongs to its share type: neither outlives it.
  const share_condition = share_type === 'conditional' ? edited.share_condition : null
  const share_basis = share_type === 'withheld' ? edited.share_basis : null
  const settled = { ...edited, share_condition, share_basis }
  return {
    ...settled,
    items: 'share_type' in named ? tightened(content.items, settled) : content.items,
    ...('open_type' in named && named.open_type !== 'conditional' ? { open_condition: null } : {}),
  }
}

interface Matched {
  readonly state: string
  readonly published_version: number | null
}

/** Why the present state of an entry lets nobody write over it; undefined when it may be written. */
export const heldBy = ({ state }: Matched): string | undefined =>
  state === 'dept_review' || state === 'platform_review'
    ? `该条目${RESOURCE_STATES.titles[state]}，退回或撤回之后才能改`
    : undefined

export const COUNTED: readonly BatchKind[] = ['new', 'changed', 'same', 'conflict', 'error']
