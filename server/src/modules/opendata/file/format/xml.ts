import type { SiteColumn } from '@sanjiang/contract/site'
import { columnRemark } from '@sanjiang/contract/site.status'
import { escapeXml } from '@sanjiang/tabular/xlsx-write'
import type { FileSource } from '../file.source.ts'

/** Characters that no XML 1.0 document holds, not even escaped. */
const UNFIT = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/u

// C1 controls are allowed, if discouraged; the rest of Cc is not.
const isUnfit = (text: string): boolean => UNFIT.test(text.replace(/[\u007f-\u009f]/g, ''))
const content = (text: string): string => escapeXml(text).replaceAll('\r', '&#13;')
const attribute = (text: string): string => content(text).replace(/[\n\t]/g, (one) => `&#${one.charCodeAt(0)};`)

/** A column's name as an element's name; what XML forbids there is written by its number. */
export const elementName = (name: string): string => {
  const safe = name.replace(/[^A-Za-z0-9_.-]/gu, (one) => `_x${one.codePointAt(0)!.toString(16)}_`)
  return /^[A-Za-z_]/.test(safe) && !/^xml/i.test(safe) ? safe : `_${safe}`
}

const cell = (name: string, value: string): string =>
  isUnfit(value)
    ? `<${name} encoding="base64">${Buffer.from(value).toString('base64')}</${name}>`
    : `<${name}>${content(value)}</${name}>`

const statusAttributes = (column: SiteColumn): string =>
  column.status_of === undefined
    ? ''
    : ` status_of="${attribute(column.status_of)}" note="${attribute(columnRemark(column))}"`

/** A null is an element left out, an empty text an empty element. */
export async function* writeXml({ edition, origin, batches }: FileSource): AsyncGenerator<string> {
  const { columns, slug, title, organ_name, edition_no, data_on, row_count } = edition
  const names = columns.map(({ name }) => elementName(name))
  const facts = {
    address: `${origin}/datasets/${slug}`,
    title,
    organ: organ_name,
    edition: edition_no,
    data_on,
    row_count,
  }
  const stated = Object.entries(facts).map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<dataset${stated.join('')}>\n<columns>\n`
  for (const [index, column] of columns.entries())
    yield `<column element="${names[index]}" name="${attribute(column.name)}" title="${attribute(column.title)}" data_type="${column.data_type}"${column.unit ? ` unit="${attribute(column.unit)}"` : ''}${statusAttributes(column)}/>\n`
  yield '</columns>\n<rows>\n'
  for await (const rows of batches())
    yield rows
      .map(({ id, values }) => {
        const cells = values.map((value, index) => (value === null ? '' : cell(names[index]!, value)))
        return `<row id="${id}">${cells.join('')}</row>\n`
      })
      .join('')
  yield '</rows>\n</dataset>\n'
}
