import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { type ZipFile, zipBytes } from '@sanjiang/tabular/zip-write'
import fc from 'fast-check'
import { Fault } from '#kernel/fault.ts'
import { type Desk, inspect, openDesk, options, readAll } from '#test/workbook-files.ts'
import { readEntries } from './index.ts'

const desk: Desk = await openDesk()
after(() => desk.close())

const refused = async (file: string, words: RegExp) => {
  const fault = await inspect(file).then(
    () => assert.fail('not refused'),
    (error: unknown) => error,
  )
  assert.ok(fault instanceof Fault, String(fault))
  assert.equal(fault.code, 'invalid')
  assert.equal(fault.fields?.[0]?.field, 'file')
  assert.match(fault.message, words)
}

const zip = async (files: readonly ZipFile[]): Promise<Buffer> => Buffer.concat(await Array.fromAsync(zipBytes(files)))

const good = (): Promise<string> =>
  desk.book((sheet) => {
    sheet.addRow(['信息资源名称', '信息资源摘要', '共享类型', '更新周期'])
    for (let no = 1; no <= 50; no++) sheet.addRow([`资源${no}`, '说明', '无条件共享', '每年'])
  })

test('what is no workbook is refused with what to do about it (T2.2)', async () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4000)])
  await refused(await desk.bytes('旧.xls', ole), /请在表格软件中另存为 \.xlsx/)
  await refused(await desk.bytes('旧.xlsx', ole), /旧版 \.xls/)
  const locked = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(100)])
  await refused(await desk.bytes('密.xlsx', locked), /密码/)
  await refused(await desk.bytes('a.xlsx', '%PDF-1.4'), /PDF/)
  await refused(await desk.bytes('a.xlsx', ''), /空的/)
  await refused(await desk.bytes('a.xlsx', '资源名称,摘要\n'), /不完整，或不是 \.xlsx/)
  await refused(await desk.bytes('a.xls', '<html><table><tr><td>资源名称</td></tr></table></html>'), /网页/)
  await refused(await desk.bytes('a.csv', Buffer.from([1, 0, 0, 2, 0, 3, 255, 254, 0, 9])), /不是文本文件/)
  await refused(await desk.bytes('a.docx', await zip([{ path: 'word/document.xml', content: ['<a/>'] }])), /不是 XLSX/)
})

test('archives made to fill the disk or the memory are refused (T2.2)', async () => {
  const sheet = '<worksheet><sheetData>'
  const frame = (content: ZipFile['content']): ZipFile[] => [
    { path: 'xl/workbook.xml', content: ['<workbook><sheets><sheet name="a" id="r1"/></sheets></workbook>'] },
    { path: 'xl/_rels/workbook.xml.rels', content: ['<R><Relationship Id="r1" Target="s.xml"/></R>'] },
    { path: 'xl/s.xml', content },
  ]
  const spaces = Array.from({ length: 64 }, () => ' '.repeat(1_048_576))
  await refused(await desk.bytes('bomb.xlsx', await zip(frame([sheet, ...spaces]))), /压缩比异常/)
  const entity =
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
  await refused(await desk.bytes('entity.xlsx', await zip(frame([entity]))), /文档类型声明/)
  const many = Array.from({ length: 2100 }, (_, no): ZipFile => ({ path: `f${no}`, content: [] }))
  await refused(await desk.bytes('many.xlsx', await zip(many)), /超过上限/)
  await refused(
    await desk.bytes('token.xlsx', await zip(frame([`<worksheet a="${'x'.repeat(5_000_000)}`]))),
    /超长的标记/,
  )
})

test('a workbook cut off or damaged anywhere is read or refused, never a broken program (T2.2)', async () => {
  const whole = await readFile(await good())
  const isTyped = async (bytes: Buffer): Promise<void> => {
    const file = await desk.bytes('d.xlsx', bytes)
    try {
      await readAll(file)
    } catch (error) {
      if (!(error instanceof Fault) && (error as Error).message !== 'no sheet of entries') throw error
    }
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
      const bytes = isCut ? whole.subarray(0, at) : Buffer.from(whole)
      if (!isCut) bytes[at] = byte
      await isTyped(bytes)
    }),
    { numRuns: 60 },
  )
})

test('too many rows, and a mapping that names what is not there, are refused (C13)', async () => {
  async function* rows(): AsyncGenerator<string> {
    yield '资源名称,摘要,共享类型\n'
    for (let block = 0; block < 101; block++) yield '甲,乙,无条件\n'.repeat(1000)
  }
  const file = await desk.bytes('rows.csv', (await Array.fromAsync(rows())).join(''))
  await refused(file, /最多导入 100000 行/)
  const book = await good()
  const mapping = (await inspect(book)).sheets[0]!.mapping!
  const reading = (more: object) =>
    Array.fromAsync(readEntries(book, { ...options(book), mapping: { ...mapping, ...more } }))
  await assert.rejects(reading({ sheet: '没有' }), /没有工作表/)
  const [first, second, ...rest] = mapping.columns
  await assert.rejects(reading({ columns: [second, ...rest] }), /没有对应“信息资源名称”的列/)
  await assert.rejects(reading({ columns: [first, { ...second, field: 'name' }] }), /只留一列/)
  await assert.rejects(reading({ columns: [first, { ...second, field: 'constructor' }] }), /没有“constructor”这个字段/)
})
