import type { FileFormat } from '@sanjiang/contract/site.file'
import type { FileSource } from '../file.source.ts'
import { writeCsv } from './csv.ts'
import { writeGeoJson, writeJson, writeJsonLines } from './json.ts'
import { writeParquet } from './parquet.ts'
import { writeTurtle } from './turtle.ts'
import { writeWorkbook } from './workbook.ts'
import { writeXml } from './xml.ts'

/** A file in pieces, in memory of a batch of rows. */
export type FormatWriter = (source: FileSource) => AsyncIterable<string | Uint8Array>

export const WRITERS: Readonly<Record<FileFormat, FormatWriter>> = {
  csv: writeCsv,
  xlsx: writeWorkbook,
  json: writeJson,
  jsonl: writeJsonLines,
  xml: writeXml,
  ttl: writeTurtle,
  geojson: writeGeoJson,
  parquet: writeParquet,
}
