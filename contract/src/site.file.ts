import type { SiteColumn } from './site.ts'

/** Formats a dataset's rows can be taken in, in the order they are offered; the name ends the address. */
export const FILE_FORMATS = {
  csv: { title: 'CSV', media_type: 'text/csv; charset=utf-8', is_text: true, about: '通用表格，各种软件和程序都能读' },
  xlsx: {
    title: 'XLSX',
    media_type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    is_text: false,
    about: 'Excel、WPS 表格直接打开',
  },
  json: { title: 'JSON', media_type: 'application/json; charset=utf-8', is_text: true, about: '供程序读取，一个数组' },
  jsonl: {
    title: 'JSON Lines',
    media_type: 'application/jsonl; charset=utf-8',
    is_text: true,
    about: '供程序逐行读取，一行一条',
  },
  xml: { title: 'XML', media_type: 'application/xml; charset=utf-8', is_text: true, about: '供程序读取' },
  ttl: { title: 'RDF（Turtle）', media_type: 'text/turtle; charset=utf-8', is_text: true, about: '关联数据' },
  geojson: {
    title: 'GeoJSON',
    media_type: 'application/geo+json; charset=utf-8',
    is_text: true,
    about: '地图数据，CGCS2000 经纬度',
  },
  parquet: {
    title: 'Parquet',
    media_type: 'application/vnd.apache.parquet',
    is_text: false,
    about: '列式文件，供数据分析',
  },
} as const
export type FileFormat = keyof typeof FILE_FORMATS

export const FORMAT_NAMES = Object.keys(FILE_FORMATS) as readonly FileFormat[]

/** Files are kept in parts of this size, the last one shorter: a range costs the parts it lies in. */
export const PART_BYTES = 1_048_576
/** What tells a spreadsheet that a CSV is UTF-8; put before the file where it is asked for. */
export const BYTE_ORDER_MARK = '\ufeff'

/** Whether rows have places: a pair of degrees, or a shape. */
export const hasPlaces = (columns: readonly SiteColumn[]): boolean => {
  const roles = new Set(columns.map(({ role }) => role))
  return roles.has('shape') || (roles.has('lon') && roles.has('lat'))
}

/** What an edition with these columns is offered in. */
export const formatsOf = (columns: readonly SiteColumn[]): readonly FileFormat[] =>
  FORMAT_NAMES.filter((format) => format !== 'geojson' || hasPlaces(columns))

/** A file as it can be taken; address and checksum never change. */
export interface SiteFile {
  readonly format: FileFormat
  readonly title: string
  readonly about: string
  readonly media_type: string
  readonly bytes: number
  readonly sha256: string
  readonly made_at: string
  /** Versioned address, from the root of the site. */
  readonly href: string
  /** Text cells of a CSV that a spreadsheet would take for formulas; such data are better opened as XLSX. */
  readonly formula_cells: number | null
}

/** A format an edition cannot be had in, and why. */
export interface SiteOmission {
  readonly format: FileFormat
  readonly reason: string
}

/** What an edition has that the one before it had not. */
export interface VersionChange {
  readonly rows: number
  readonly columns_added: readonly string[]
  readonly columns_removed: readonly string[]
  /** Columns of the same name whose title, type, length, unit or role is another now. */
  readonly columns_changed: readonly string[]
}

/** One edition as the list of versions shows it, newest first. */
export interface SiteVersion {
  readonly edition_no: number
  readonly is_current: boolean
  readonly data_on: string
  readonly carried_at: string
  /** The day of it in Beijing. */
  readonly carried_on: string
  readonly row_count: number
  readonly column_count: number
  readonly digest: string
  readonly note: string
  /** Against the edition before; `null` for the first. */
  readonly change: VersionChange | null
  readonly files: readonly SiteFile[]
  readonly omitted: readonly SiteOmission[]
}

interface Shape {
  readonly row_count: number
  readonly columns: readonly SiteColumn[]
}

const factsOf = ({ title, data_type, length, unit, role }: SiteColumn): string =>
  JSON.stringify([title, data_type, length, unit, role])

export const changeBetween = (before: Shape, after: Shape): VersionChange => {
  const old = new Map(before.columns.map((column) => [column.name, factsOf(column)]))
  const now = new Map(after.columns.map((column) => [column.name, factsOf(column)]))
  return {
    rows: after.row_count - before.row_count,
    columns_added: [...now.keys()].filter((name) => !old.has(name)),
    columns_removed: [...old.keys()].filter((name) => !now.has(name)),
    columns_changed: [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name)),
  }
}

export const fileHref = (slug: string, editionNo: number, format: string): string =>
  `/datasets/${encodeURIComponent(slug)}/files/${editionNo}/${encodeURIComponent(slug)}.${format}`

/** Always the newest file of a format. */
export const latestHref = (slug: string, format: FileFormat): string =>
  `/datasets/${encodeURIComponent(slug)}/latest.${format}`
