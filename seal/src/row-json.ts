import { utf8 } from './bytes.ts'
import type { DataType } from './row.ts'
import { fieldsOf, linesOf } from './row-text.ts'
import { SealError } from './seal-error.ts'

/** An item of the lines, as far as its value's form in JSON goes. */
export interface JsonItem {
  readonly name: string
  readonly data_type: DataType
}

export const OPERATION = 'operation'
const NUMERIC = new Set<DataType>(['N', 'Y', 'I', 'B', 'F'])

const memberOf = (type: DataType, field: string | null): string => {
  if (field === null) return 'null'
  if (NUMERIC.has(type)) return field
  return type === 'L' ? String(field === 't') : JSON.stringify(field)
}

/**
 * One row as a JSON object: items by name, numbers with all their digits, `t` and `f` as true and false, everything else as its
 * canonical text; in front `operation`, where there is one. The same in files and in what is pulled.
 */
export const jsonRow = (
  items: readonly JsonItem[],
  operation: string | null,
  fields: readonly (string | null)[],
): string => {
  const members = items.map(
    ({ name, data_type }, index) => `${JSON.stringify(name)}:${memberOf(data_type, fields[index] ?? null)}`,
  )
  if (operation !== null) members.unshift(`"${OPERATION}":${JSON.stringify(operation)}`)
  return `{${members.join(',')}}`
}

/** A chunk's lines as JSON lines, as many as there were. */
export const jsonBody = (items: readonly JsonItem[], kind: 'rows' | 'changes', body: Uint8Array): Uint8Array => {
  let text = ''
  for (const line of linesOf(body)) {
    const fields = fieldsOf(line)
    const operation = kind === 'changes' ? (fields.shift() ?? '') : null
    if (operation !== '!' && fields.length !== items.length)
      throw new SealError('malformed', 'line', `行有 ${fields.length} 项，应有 ${items.length} 项`)
    text += operation === '!' ? `{"${OPERATION}":"!"}\n` : `${jsonRow(items, operation, fields)}\n`
  }
  return utf8(text)
}
