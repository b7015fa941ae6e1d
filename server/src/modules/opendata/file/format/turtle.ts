import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import { columnRemark } from '@sanjiang/contract/site.status'
import type { FileSource, NumberedRow } from '../file.source.ts'

const TYPES: Readonly<Record<ColumnKind, string>> = {
  text: '',
  number: '^^xsd:decimal',
  integer: '^^xsd:integer',
  date: '^^xsd:date',
  time: '^^xsd:dateTime',
  flag: '^^xsd:boolean',
  shape: '^^geo:geoJSONLiteral',
}
const RANGES: Readonly<Record<ColumnKind, string>> = {
  ...{ text: 'xsd:string', number: 'xsd:decimal', integer: 'xsd:integer', date: 'xsd:date', time: 'xsd:dateTime' },
  ...{ flag: 'xsd:boolean', shape: 'geo:geoJSONLiteral' },
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' }
const literal = (text: string): string => `"${text.replace(/[\\"\n\r]/g, (one) => ESCAPES[one]!)}"`

/** Unreserved characters only: the same in an address, a Turtle file and a query. */
const fragment = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

const columnIri = ({ name }: SiteColumn): string => `<#column-${fragment(name)}>`

/** A row is named by its key where the key names every row, so that its address outlives the edition; else by its place. */
const rowIri = ({ edition, facts }: FileSource): ((row: NumberedRow) => string) => {
  const keys = edition.columns.flatMap(({ role }, index) => (role === 'key' ? [index] : []))
  if (!facts.is_keyed) return ({ id }) => `<#row-${edition.edition_no}-${id}>`
  return ({ values }) => `<#row-${keys.map((index) => fragment(values[index]!)).join(';')}>`
}

const head = ({ edition, origin }: FileSource): string => {
  const { columns, slug, title, organ_name, edition_no, data_on } = edition
  const described = columns.map((column) => {
    const status =
      column.status_of === undefined
        ? ''
        : ` ;\n  rdfs:subPropertyOf sdmx:obsStatus ;\n  rdfs:comment ${literal(columnRemark(column))}@zh`
    const unit = column.unit ? ` ;\n  schema:unitText ${literal(column.unit)}@zh` : ''
    return `${columnIri(column)} a rdf:Property ;\n  rdfs:label ${literal(column.title)}@zh ;\n  rdfs:range ${RANGES[columnKind(column)]}${unit}${status} .\n`
  })
  return [
    `@base <${origin}/datasets/${fragment(slug)}> .\n`,
    '@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n',
    '@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n',
    '@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n',
    '@prefix dcterms: <http://purl.org/dc/terms/> .\n',
    '@prefix dcat: <http://www.w3.org/ns/dcat#> .\n',
    '@prefix geo: <http://www.opengis.net/ont/geosparql#> .\n',
    '@prefix schema: <http://schema.org/> .\n',
    '@prefix sdmx: <http://purl.org/linked-data/sdmx/2009/attribute#> .\n\n',
    `<> a dcat:Dataset ;\n  dcterms:title ${literal(title)}@zh ;\n  dcterms:creator ${literal(organ_name)}@zh ;\n`,
    `  dcat:version "${edition_no}" ;\n  dcterms:modified "${data_on}"^^xsd:date .\n\n`,
    ...described,
    '\n',
  ].join('')
}

// What no decimal, date or instant can be is kept as text.
const typed = (kind: ColumnKind, value: string): string =>
  (kind === 'number' && !/^-?\d/.test(value)) || (/^(date|time)$/.test(kind) && !/^\d{4}-[^B]*$/.test(value))
    ? literal(value)
    : literal(value) + TYPES[kind]

/** One resource per row, one property per column; a null says nothing. */
export async function* writeTurtle(source: FileSource): AsyncGenerator<string> {
  const { columns } = source.edition
  const iri = rowIri(source)
  const parts = columns.map((column) => ({ property: columnIri(column), kind: columnKind(column) }))
  yield head(source)
  for await (const rows of source.batches())
    yield rows
      .map((row) => {
        const stated = row.values.flatMap((value, index) => {
          const { property, kind } = parts[index]!
          return value === null ? [] : [` ;\n  ${property} ${typed(kind, value)}`]
        })
        return `${iri(row)} a <#Row>${stated.join('')} .\n`
      })
      .join('')
}
