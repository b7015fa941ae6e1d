import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import ExcelJS from 'exceljs'
import type { ReadEntry, ReadOptions } from '#modules/catalog/workbook/index.ts'
import { inspectWorkbook, readEntries } from '#modules/catalog/workbook/index.ts'
import { standard1272 } from '#seeds/reference/standard-1272.ts'

/** Files of a test in a folder of its own. */
export const openDesk = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-workbook-'))
  let count = 0
  const path = (name: string) => join(dir, `${++count}-${name}`)
  return {
    close: () => rm(dir, { recursive: true, force: true }),
    path,
    /** A workbook made by another hand. */
    book: async (
      fill: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void,
      name = 'a.xlsx',
    ): Promise<string> => {
      const book = new ExcelJS.Workbook()
      fill(book.addWorksheet('目录'), book)
      const file = path(name)
      await book.xlsx.writeFile(file)
      return file
    },
    bytes: async (name: string, bytes: Uint8Array | string): Promise<string> => {
      const file = path(name)
      await writeFile(file, bytes)
      return file
    },
    save: async (stream: Readable, name = 'out.xlsx'): Promise<string> => {
      const file = path(name)
      await pipeline(stream, createWriteStream(file))
      return file
    },
  }
}
export type Desk = Awaited<ReturnType<typeof openDesk>>

export const options = (file: string, more: Partial<ReadOptions> = {}): ReadOptions => ({
  file_name: file,
  standard: standard1272,
  classes: standard1272.classification,
  ...more,
})

export const inspect = (file: string, more: Partial<ReadOptions> = {}) => inspectWorkbook(file, options(file, more))

/** Entries of the first sheet that has a mapping. */
export const readAll = async (file: string, more: Partial<ReadOptions> = {}): Promise<ReadEntry[]> => {
  const { sheets } = await inspect(file, more)
  const mapping = sheets.find((one) => one.mapping !== null)?.mapping
  if (!mapping) throw new Error('no sheet of entries')
  return Array.fromAsync(readEntries(file, { ...options(file, more), mapping }))
}

/** `C5 W04 error`: what is said, and where. */
export const told = ({ faults }: ReadEntry): string[] =>
  faults.map(
    ({ cell, rule, level, field }) => `${String.fromCharCode(64 + cell.column)}${cell.row} ${rule} ${level} ${field}`,
  )
