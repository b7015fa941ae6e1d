import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import { CELL_STATUSES, columnRemark, STATUS_CODES } from '@sanjiang/contract/site.status'
import type { OpenRows } from './row.access.ts'
import { OPS_OF } from './row-filter.rules.ts'

type Schema = Readonly<Record<string, unknown>>

const NUMBER: Schema = {
  type: ['number', 'string', 'null'],
  description: '超过 15 位有效数字的以文字给出，免得读取时被舍入',
}

/** A cell of this kind as JSON Schema. */
export const SCHEMA_OF: Readonly<Record<ColumnKind, Schema>> = {
  text: { type: ['string', 'null'] },
  number: NUMBER,
  integer: { ...NUMBER, type: ['integer', 'string', 'null'] },
  date: { type: ['string', 'null'], format: 'date' },
  time: { type: ['string', 'null'], format: 'date-time', description: '北京时间，如 2017-12-01T08:00:00+08:00' },
  flag: { type: ['boolean', 'null'] },
  shape: { type: ['object', 'null'], description: 'GeoJSON 几何，CGCS2000 经纬度' },
}

export const schemaOf = (column: SiteColumn): Schema =>
  column.status_of === undefined
    ? SCHEMA_OF[columnKind(column)]
    : { type: 'string', enum: STATUS_CODES, description: columnRemark(column) }

const shown = (column: SiteColumn) => ({
  ...{ ...column, kind: columnKind(column), ops: OPS_OF[columnKind(column)] },
  ...(column.status_of === undefined ? {} : { codes: CELL_STATUSES }),
})

/** What there is to ask a dataset by. */
export const columnsOf = ({ slug, title, edition_no, data_on, row_count, digest, note, columns }: OpenRows) => ({
  dataset: slug,
  title,
  edition_no,
  data_on,
  row_count,
  digest: `sha256:${digest}`,
  note,
  columns: columns.map(shown),
})
