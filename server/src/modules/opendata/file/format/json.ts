import type { SiteColumn } from '@sanjiang/contract/site'
import { columnKind } from '@sanjiang/contract/site.column'
import type { FileSource, NumberedRow, TextRow } from '../file.source.ts'

type Spell = (value: string | null) => string

// NaN and infinity are no JSON numbers; they stay readable as text.
const numberText: Spell = (value) => (value === null || /^-?\d/.test(value) ? String(value) : JSON.stringify(value))
const bare: Spell = (value) => value ?? 'null'
const text: Spell = (value) => JSON.stringify(value)

const spellOf = (column: SiteColumn): Spell => {
  const kind = columnKind(column)
  if (kind === 'number' || kind === 'integer') return numberText
  return kind === 'flag' || kind === 'shape' ? bare : text
}

/** An object written from text, so that a number keeps every digit it has. */
const objectOf = (columns: readonly SiteColumn[]): ((values: TextRow) => string) => {
  const parts = columns.map((column) => [`${JSON.stringify(column.name)}:`, spellOf(column)] as const)
  return (values) => `{${parts.map(([name, spell], index) => name + spell(values[index] ?? null)).join(',')}}`
}

export async function* writeJsonLines({ edition, batches }: FileSource): AsyncGenerator<string> {
  const object = objectOf(edition.columns)
  for await (const rows of batches()) yield rows.map(({ values }) => `${object(values)}\n`).join('')
}

async function* listOf(batches: AsyncIterable<readonly NumberedRow[]>, spell: (row: NumberedRow) => string) {
  let before = '\n'
  for await (const rows of batches) {
    yield before + rows.map(spell).join(',\n')
    before = ',\n'
  }
}

export async function* writeJson({ edition, batches }: FileSource): AsyncGenerator<string> {
  const object = objectOf(edition.columns)
  yield '['
  yield* listOf(batches(), ({ values }) => object(values))
  yield '\n]\n'
}

/** Geometry of a row: its shape, else its point, else none. */
const geometryOf = (columns: readonly SiteColumn[]): ((values: TextRow) => string) => {
  const at = (role: SiteColumn['role']) => columns.findIndex((column) => column.role === role)
  const [shape, lon, lat] = [at('shape'), at('lon'), at('lat')]
  const isDegree = (value: string | null | undefined): value is string => /^-?\d+(\.\d+)?$/.test(value ?? '')
  return (values) => {
    const [drawn, x, y] = [values[shape], values[lon], values[lat]]
    if (drawn) return drawn
    return isDegree(x) && isDegree(y) ? `{"type":"Point","coordinates":[${x},${y}]}` : 'null'
  }
}

// RFC 7946 knows WGS 84 only and lets a file say otherwise by agreement: this is how GDAL and QGIS read it said.
const CRS = '{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}'

export async function* writeGeoJson({ edition, batches }: FileSource): AsyncGenerator<string> {
  const { columns } = edition
  const geometry = geometryOf(columns)
  const shown = columns.map((column, index) => ({ column, index })).filter(({ column }) => column.role !== 'shape')
  const object = objectOf(shown.map(({ column }) => column))
  const properties = (values: TextRow): string => object(shown.map(({ index }) => values[index] ?? null))
  yield `{"type":"FeatureCollection","name":${JSON.stringify(edition.title)},"crs":${CRS},"features":[`
  yield* listOf(
    batches(),
    ({ id, values }) =>
      `{"type":"Feature","id":${id},"geometry":${geometry(values)},"properties":${properties(values)}}`,
  )
  yield '\n]}\n'
}
