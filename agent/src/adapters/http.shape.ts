import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Column } from './adapter.ts'
import { type Guess, guessType } from './file-heading.ts'

// JSON says of a column only what its values look like, and each first page looks a little different. What was once found is
// remembered, and widened when values no longer fit: else every other look would seem a change of structure.

interface Known {
  readonly type: Guess
  readonly has_empty: boolean
}

const WIDER: Readonly<Record<string, Guess>> = {
  'decimal integer': 'decimal',
  'date datetime': 'datetime',
}

const widened = (known: Known | undefined, found: Known, isBlank: boolean): Known => {
  if (known === undefined) return found
  const has_empty = known.has_empty || found.has_empty
  if (isBlank || known.type === found.type) return { type: known.type, has_empty }
  return { type: WIDER[[known.type, found.type].sort().join(' ')] ?? 'text', has_empty }
}

const remembered = (file: string): Record<string, Known> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Known>
  } catch {
    return {}
  }
}

/** Columns of these records together with those known before and those that the department names, in the order first seen. */
export const columnsOf = (
  file: string,
  records: readonly Readonly<Record<string, unknown>>[],
  named: readonly string[],
): Column[] => {
  const known = remembered(file)
  const names = new Set([...Object.keys(known), ...records.flatMap((record) => Object.keys(record)), ...named])
  const now: Record<string, Known> = {}
  for (const name of names) {
    const values = records.map((record) => record[name])
    const isBlank = values.every((value) => value === null || value === undefined || value === '')
    now[name] = widened(known[name], guessType(values), isBlank)
  }
  if (JSON.stringify(now) !== JSON.stringify(known)) {
    writeFileSync(`${file}.new`, JSON.stringify(now), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return Object.entries(now).map(([name, { type, has_empty }]) => ({
    name,
    source_type: type,
    nullable: has_empty,
    key_no: null,
    comment: '',
  }))
}
