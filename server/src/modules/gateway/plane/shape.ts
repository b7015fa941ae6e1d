import { type RowCondition, satisfies } from '@sanjiang/contract/sharing'
import { applyMask, type MaskRule } from '@sanjiang/seal'
import { lineValue } from './exact-json.ts'
import { pushedCondition, type Subject } from './outgoing.ts'
import type { AttachedService, GrantRow } from './snapshot.ts'

export interface Shaped {
  readonly rows: Record<string, unknown>[]
  /** Persons and firms that the visible rows are about. */
  readonly subjects: Subject[]
}

/** All of a grant that its shape depends on. */
type Covered = Pick<GrantRow, 'items' | 'row_conditions'>

/** A row the grant's shape was put on, or why the provider's answer cannot be used. */
export type Shaping =
  | { readonly ok: true; readonly value: Shaped }
  | { readonly ok: false; readonly code: 'provider_failed' | 'provider_malformed'; readonly reason: string }

type Reader = (value: unknown) => unknown

const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** A JSON pointer (RFC 6901) as a function; interpreted, never compiled. Absent is `undefined`. */
export const pointerReader = (pointer: string): Reader => {
  const tokens = pointer.split('/').slice(1).map(unescapeToken)
  return (value) => {
    let at = value
    for (const token of tokens) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, token)) return undefined
      at = (at as Record<string, unknown>)[token]
    }
    return at
  }
}

const rowsOf = (found: unknown): unknown[] | null => {
  if (Array.isArray(found)) return found
  if (found === null) return []
  return typeof found === 'object' ? [found] : null
}

/** Turns a provider's parsed answer into exactly what one grant makes visible; made once per kind of grant and service version. */
export const compileShape = (grant: Covered, service: AttachedService): ((answer: unknown) => Shaping) => {
  const readers = new Map(service.fields.map((field) => [field.item, pointerReader(field.pointer)]))
  const visible = grant.items.flatMap(({ name_en, mask_rule }) => {
    const read = readers.get(name_en)
    return read ? [{ name: name_en, read, mask: mask_rule as MaskRule }] : []
  })
  // A condition that stands in the request itself and not in the answer was the provider's to apply; any other condition
  // on a value that is not there hides the row.
  const isPushed = (condition: RowCondition): boolean =>
    service.parameters.some((parameter) => pushedCondition(parameter, grant) === condition)
  const conditions = grant.row_conditions.flatMap((condition) => {
    const read = readers.get(condition.item)
    return read === undefined && isPushed(condition) ? [] : [{ condition, read }]
  })
  const subjects = service.fields.flatMap(({ subject, pointer }) =>
    subject ? [{ kind: subject, read: pointerReader(pointer) }] : [],
  )
  const findRows = pointerReader(service.rows_pointer)
  const isOk = service.ok_rule ? { read: pointerReader(service.ok_rule.pointer), values: service.ok_rule.values } : null

  const isVisible = (row: unknown): boolean =>
    conditions.every(({ condition, read }) => read !== undefined && satisfies(lineValue(read(row)), condition))

  const shapeRow = (row: unknown): Record<string, unknown> => {
    const shaped: Record<string, unknown> = {}
    for (const { name, read, mask } of visible) {
      const value = read(row)
      shaped[name] =
        value === undefined || value === null
          ? null
          : mask === 'none'
            ? value
            : applyMask(mask, lineValue(value) as string)
    }
    return shaped
  }

  return (answer) => {
    if (isOk && !isOk.values.includes(isOk.read(answer) as never))
      return { ok: false, code: 'provider_failed', reason: '提供方以成功状态返回了错误' }
    const rows = rowsOf(findRows(answer))
    if (!rows?.every((row) => typeof row === 'object' && row !== null))
      return {
        ok: false,
        code: 'provider_malformed',
        reason: `在“${service.rows_pointer || '/'}”处没有找到记录`,
      }
    const kept = conditions.length > 0 ? rows.filter(isVisible) : rows
    const about: Subject[] = []
    for (const row of kept)
      for (const { kind, read } of subjects) {
        const value = read(row)
        if (typeof value === 'string' && value !== '') about.push({ kind, value })
      }
    return { ok: true, value: { rows: kept.map(shapeRow), subjects: about } }
  }
}

interface Kept {
  readonly service: AttachedService
  readonly shape: (answer: unknown) => Shaping
}

// A shape is a pure function of what a grant covers and of a service version, so it is made once for all grants that cover
// the same: a snapshot keeps equal lists as one object. Ten thousand shapes cost more to keep than to use.
const shapes = new WeakMap<GrantRow['items'], WeakMap<GrantRow['row_conditions'], Kept>>()

export const shapeFor = (grant: GrantRow, service: AttachedService): Kept['shape'] => {
  let byConditions = shapes.get(grant.items)
  if (!byConditions) {
    byConditions = new WeakMap()
    shapes.set(grant.items, byConditions)
  }
  const kept = byConditions.get(grant.row_conditions)
  if (kept?.service === service) return kept.shape
  const shape = compileShape(grant, service)
  byConditions.set(grant.row_conditions, { service, shape })
  return shape
}
