import type { ItemDraft, Standard } from '@sanjiang/contract/catalog'

/** Columns of the grid in order; pasted cells fill them from the focused one to the right. */
export const COLUMNS = [
  'name',
  'name_en',
  'data_type',
  'length',
  'is_key',
  'is_required',
  'share_type',
  'share_condition',
  'open_type',
  'sensitivity',
  'mask_rule',
  'data_element',
] as const
export type ColumnKey = (typeof COLUMNS)[number]

const YES = new Set(['是', '√', '✓', '1', 'y', 'yes', 'true', '主键', '必选'])

/** Rows of a spreadsheet's clipboard text: tabs between cells; a quoted cell may hold tabs, line ends and doubled quotes. */
export const splitCells = (text: string): string[][] => {
  const rows: string[][] = [[]]
  const cell = /"((?:[^"]|"")*)"(?=\t|\r?\n|$)|([^\t\r\n]*)/y
  let at = 0
  while (at <= text.length) {
    cell.lastIndex = at
    const match = cell.exec(text)!
    rows.at(-1)!.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim())
    at = cell.lastIndex
    if (text[at] === '\t') at += 1
    else if (text.startsWith('\r\n', at)) at = startRow(rows, at + 2)
    else if (at < text.length) at = startRow(rows, at + 1)
    else break
  }
  return rows.filter((row) => row.some((one) => one !== ''))
}

const startRow = (rows: string[][], at: number): number => {
  rows.push([])
  return at
}

const codeOf = (enumeration: string, text: string, standard: Standard): string => {
  const codes = standard.enumerations[enumeration] ?? []
  const wanted = text.toLowerCase()
  const found =
    codes.find(({ code, title }) => code.toLowerCase() === wanted || title === text) ??
    codes.find(({ external_code }) => external_code.toLowerCase() === wanted) ??
    // 字符串型C, 有条件 and other near spellings departments use.
    codes.find(({ code, title }) => title.startsWith(text) || (code.length === 1 && text.endsWith(code)))
  return found?.code ?? text
}

const valueFor = (key: ColumnKey, text: string, standard: Standard): ItemDraft[ColumnKey] => {
  if (key === 'is_key' || key === 'is_required') return YES.has(text.toLowerCase())
  if (text === '') return null
  if (key === 'length') return Number.isFinite(Number(text)) ? Number(text) : null
  const { enumeration } = standard.item_fields.find((field) => field.key === key) ?? { enumeration: null }
  return enumeration ? codeOf(enumeration, text, standard) : text
}

/** A heading row names the columns, in whatever order the department keeps them. */
const headingOf = (row: readonly string[], standard: Standard): (ColumnKey | null)[] | null => {
  const byTitle = new Map(
    standard.item_fields.flatMap(
      ({ key, title }) =>
        [
          [title, key],
          [key, key],
        ] as const,
    ),
  )
  const keys = row.map((text) => (byTitle.get(text) as ColumnKey | undefined) ?? null)
  return keys.filter((key) => key !== null).length >= 2 ? keys : null
}

/** What a paste means: one patch for each row, from the column the caret stands in. */
export const pastedItems = (text: string, from: ColumnKey, standard: Standard): ItemDraft[] => {
  const rows = splitCells(text)
  const heading = rows[0] ? headingOf(rows[0], standard) : null
  const keys = heading ?? COLUMNS.slice(COLUMNS.indexOf(from))
  return (heading ? rows.slice(1) : rows).map((cells) => {
    const patch: Record<string, unknown> = {}
    for (const [index, cell] of cells.entries()) {
      const key = keys[index]
      if (key) patch[key] = valueFor(key, cell, standard)
    }
    return patch as ItemDraft
  })
}
