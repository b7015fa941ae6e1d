import type { TargetTable } from './adapter.ts'
import { id } from './mysql.session.ts'

// Lines into statements. LOAD DATA LOCAL was left out: with LOCAL the server turns refusals into warnings and bends values
// to fit, and many departments have it switched off.

/** What a string literal of this engine has no escape for. */
const RAW: Readonly<Record<string, string>> = { '\\f': '\f', '\\v': '\v' }

/** A line's fields as the values of one row; its escapes are those of a literal but two. */
const valuesOf = (line: string, logical: readonly number[]): string => {
  let text = line.includes("'") ? line.replaceAll("'", "''") : line
  if (text.includes('\\')) text = text.replace(/\\[\s\S]/g, (one) => RAW[one] ?? one)
  const fields = text.split('\t')
  for (const place of logical) fields[place] = fields[place] === 't' ? '1' : fields[place] === 'f' ? '0' : '\\N'
  return `(${fields.map((field) => (field === '\\N' ? 'null' : `'${field}'`)).join(',')})`
}

export interface Statements {
  upserts(lines: readonly string[]): string[]
  inserts(lines: readonly string[], into: string): string[]
  /** Lines need only have their key's fields right. */
  deletes(lines: readonly string[]): string[]
  keyOf(line: string): string
}

const BYTES = 1 << 20

/** Groups of rows whose statement stays below a size that every server takes. */
const grouped = (values: readonly string[]): string[] => {
  const groups: string[] = []
  let group: string[] = []
  let bytes = 0
  for (const one of values) {
    if (bytes > 0 && bytes + one.length * 3 > BYTES) {
      groups.push(group.join(','))
      group = []
      bytes = 0
    }
    group.push(one)
    bytes += one.length * 3
  }
  if (group.length > 0) groups.push(group.join(','))
  return groups
}

export const statementsFor = (table: TargetTable, name: string, hasOtherKeys: boolean): Statements => {
  const columns = table.columns.map((column) => id(column.name)).join(', ')
  const rest = table.columns.filter((column) => !table.key.includes(column.name))
  const places = table.key.map((key) => table.columns.findIndex((column) => column.name === key))
  const logical = table.columns.flatMap(({ data_type }, place) => (data_type === 'L' ? [place] : []))
  const keys = table.key.map(id).join(', ')
  const set = rest.map((column) => `${id(column.name)} = values(${id(column.name)})`).join(', ')
  const onDuplicate = set === '' ? `${keys.split(', ')[0]} = ${keys.split(', ')[0]}` : set
  const rows = (lines: readonly string[]): string[] => grouped(lines.map((line) => valuesOf(line, logical)))
  const keyOf = (line: string): string => {
    const fields = line.split('\t')
    return places.map((place) => fields[place]).join('\t')
  }
  const deletes = (lines: readonly string[]): string[] =>
    grouped(lines.map((line) => valuesOf(keyOf(line), []))).map(
      (some) => `delete from ${name} where (${keys}) in (${some})`,
    )
  const inserts = (lines: readonly string[], into: string): string[] =>
    rows(lines).map((some) => `insert into ${into} (${columns}) values ${some}`)
  return {
    keyOf,
    deletes,
    inserts,
    // A row that meets another unique key would overwrite a stranger: then old rows go first, and the insert is refused.
    upserts: (lines) =>
      hasOtherKeys
        ? [...deletes(lines), ...inserts(lines, name)]
        : rows(lines).map(
            (some) => `insert into ${name} (${columns}) values ${some} on duplicate key update ${onDuplicate}`,
          ),
  }
}

/** Lines of which each key's last one stays, in their order. */
export const lastOfKey = (lines: readonly string[], keyOf: (line: string) => string): string[] => {
  const last = new Map(lines.map((line, place) => [keyOf(line), place]))
  return last.size === lines.length ? [...lines] : lines.filter((line, place) => last.get(keyOf(line)) === place)
}
