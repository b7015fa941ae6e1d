import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { csvRecords, jsonRecords } from './file-csv.ts'
import { decoded, EncodingDetector } from './file-encoding.ts'
import { guessType, headingPlace, headingsOf } from './file-heading.ts'
import { pathTrouble, patternOf } from './file-path.ts'
import { examine, openTable } from './file-records.ts'
import { CellError, openWorkbook, serialText } from './file-xlsx.ts'
import { openZip } from './file-zip.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-file-read-'))
after(() => rm(dir, { recursive: true, force: true }))

async function* pieces(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const detect = (bytes: Buffer, size = 7) => {
  const detector = new EncodingDetector()
  for (let at = 0; at < bytes.length; at += size) detector.take(bytes.subarray(at, at + size))
  const found = detector.end()
  if (found !== null) return found
  for (let at = 0; at < bytes.length; at += size) detector.takeAgain(bytes.subarray(at, at + size))
  return detector.endAgain()
}

const TEXT = '姓名,住址\r\n扎西卓玛,青海省西宁市城中区\r\n李娜,格尔木市黄河路𠮷号\r\n'

test('the encoding of a file is told from its bytes, wherever the pieces are cut (T8.1)', async () => {
  const samples = [
    [Buffer.from(TEXT), 'utf-8', 0],
    [Buffer.from(`\ufeff${TEXT}`), 'utf-8', 3],
    [iconv.encode(TEXT, 'gb18030'), 'gb18030', 0],
    [iconv.encode(TEXT, 'utf16le', { addBOM: true }), 'utf-16le', 2],
    [iconv.encode(TEXT, 'utf16be', { addBOM: true }), 'utf-16be', 2],
    [iconv.encode(TEXT, 'utf16le'), 'utf-16le', 0],
    [Buffer.from('a,b\n1,2\n'), 'utf-8', 0],
  ] as const
  for (const [bytes, encoding, bom] of samples)
    for (const size of [1, 2, 3, 5, 1000]) {
      const found = detect(bytes, size)
      assert.deepEqual(found, { encoding, bom, is_broken: false }, `${encoding} in pieces of ${size}`)
      let text = ''
      for await (const piece of decoded(pieces(bytes, size), found)) text += piece
      assert.equal(text, bytes.length < 10 ? 'a,b\n1,2\n' : TEXT)
    }
})

test('a file that mixes encodings is read in the one that breaks fewer lines, and is known to be broken (T8.1)', () => {
  const mixed = Buffer.concat([
    Buffer.from('姓名\n张三\n李四\n王五\n'),
    iconv.encode('赵六', 'gb18030'),
    Buffer.from('\n'),
  ])
  assert.deepEqual(detect(mixed), { encoding: 'utf-8', bom: 0, is_broken: true })
  const other = Buffer.concat([iconv.encode('姓名\n张三\n李四\n', 'gb18030'), Buffer.from([0xff, 0xff, 0x0a])])
  assert.deepEqual(detect(other), { encoding: 'gb18030', bom: 0, is_broken: true })
})

const csv = async (text: string, size = 3): Promise<unknown[]> => {
  async function* cut(): AsyncIterable<string> {
    // The first piece is long enough to tell the delimiter, as files are.
    yield text.slice(0, 40)
    for (let at = 40; at < text.length; at += size) yield text.slice(at, at + size)
  }
  const found: unknown[] = []
  for await (const { line, values, trouble } of csvRecords(cut())) found.push(trouble ?? [line, ...values])
  return found
}

test('CSV is read by RFC 4180: quotes, line breaks in fields, doubled quotes, and the line where a record starts (T8.1)', async () => {
  assert.deepEqual(await csv('a,b,c\r\n1,"x, ""y""\r\nz",\r\n2,"",last'), [
    [1, 'a', 'b', 'c'],
    [2, '1', 'x, "y"\r\nz', null],
    [4, '2', '', 'last'],
  ])
})

test('semicolons, tabs and bars part fields where the heading says so (T8.1)', async () => {
  assert.deepEqual(await csv('a;b;c\n1,5;2;3\n'), [
    [1, 'a', 'b', 'c'],
    [2, '1,5', '2', '3'],
  ])
  assert.deepEqual(await csv('a\tb\n"x\ty"\t2\n'), [
    [1, 'a', 'b'],
    [2, 'x\ty', '2'],
  ])
  assert.deepEqual(await csv('only\n1\n\n2'), [
    [1, 'only'],
    [2, '1'],
    [4, '2'],
  ])
  assert.deepEqual(await csv('a,b\r1,2\r3,4\r'), [
    [1, 'a', 'b'],
    [2, '1', '2'],
    [3, '3', '4'],
  ])
})

test('a quote that is never closed is told with its line, not read as one endless field (T8.1)', async () => {
  assert.deepEqual(await csv('a,b\n1,2\n3,"open\n4,5\n'), [
    [1, 'a', 'b'],
    [2, '1', '2'],
    '引号未闭合，其后内容无法读取',
  ])
})

test('JSON lines keep every digit of long numbers and name the line that is none (T8.1)', async () => {
  async function* text(): AsyncIterable<string> {
    yield '{"id":630102199001011234,"n":0.1}\n\n{"id":'
    yield '2}\nnonsense\n[1]'
  }
  const found: unknown[] = []
  for await (const { line, object, trouble } of jsonRecords(text())) found.push([line, trouble ?? object])
  assert.deepEqual(found, [
    [1, { id: '630102199001011234', n: 0.1 }],
    [3, { id: 2 }],
    [4, '不是有效的 JSON'],
    [5, '不是 JSON 对象'],
  ])
})

test('headings are normalised, numbered when they repeat and named by place when empty (T8.1)', () => {
  assert.deepEqual(
    headingsOf(['\ufeff姓 名*', ' 身份证\n号码：', 'ＩＤ', '姓名', null, '姓名_2']),
    ['姓名', '身份证 号码', 'ID', '姓名_2', '列5', '姓名_2_2'].map((name) => name.replace('身份证 号码', '身份证号码')),
  )
  assert.equal(
    headingPlace([
      ['2017年人口统计表', null, null],
      [null, '单位：人'],
      ['姓名', '年龄', '住址'],
      ['甲', 1, '乙'],
    ]),
    2,
  )
})

test('types are guessed from values, and codes with leading zeros or many digits stay text (T8.1)', () => {
  assert.equal(guessType(['1', '20', '-3']).type, 'integer')
  assert.equal(guessType(['1', '2.50']).type, 'decimal')
  assert.equal(guessType(['001', '002']).type, 'text')
  assert.equal(guessType(['630102199001011234']).type, 'text')
  assert.equal(guessType(['2017-01-05', '2017/1/6']).type, 'date')
  assert.equal(guessType(['2017-01-05 08:00:00', '2017-01-06']).type, 'datetime')
  assert.deepEqual(guessType(['', null]), { type: 'text', has_empty: true })
})

test('paths and patterns cannot lead out of the root (T8.1)', () => {
  for (const path of [
    '../a',
    '/etc/passwd',
    'a/../../b',
    'a//b',
    'a\\..\\b',
    'C:x',
    'nul',
    'a\0b',
    'a/.',
    '',
    'x.',
    'a\ud800',
  ])
    assert.notEqual(pathTrouble(path), null, JSON.stringify(path))
  for (const path of ['a', '人口/2017年.csv', 'a..b/c']) assert.equal(pathTrouble(path), null)
  assert.throws(() => patternOf('../*.csv'), { code: 'not_allowed' })
  const pattern = patternOf('in/**/p-*.csv#表1')
  assert.equal(pattern.sheet, '表1')
  assert.deepEqual(
    ['in/p-1.csv', 'in/a/b/p-2.csv', 'in/p.csv', 'out/p-1.csv'].map((path) => pattern.matches(path)),
    [true, true, false, false],
  )
  assert.equal(patternOf('inbox/*.csv').matches('inbox/sub/a.csv'), false)
})

const book = async (
  name: string,
  fill: (sheet: ExcelJS.Worksheet, workbook: ExcelJS.Workbook) => void,
): Promise<string> => {
  const workbook = new ExcelJS.Workbook()
  fill(workbook.addWorksheet('数据'), workbook)
  const path = join(dir, name)
  await workbook.xlsx.writeFile(path)
  return path
}

const rowsOf = async (path: string, sheet: string | null = null) => {
  const { encoding } = await examine(path, 'xlsx')
  const table = await openTable({ path, title: 'x.xlsx', format: 'xlsx', encoding, sheet }, null)
  const rows: unknown[] = []
  for await (const { values } of table.rows) rows.push([...values])
  return { headings: table.headings, rows }
}

test('a workbook gives dates as dates, cached results of formulas, merged cells everywhere and errors as such (T8.1)', async () => {
  const path = await book('mixed.xlsx', (sheet, workbook) => {
    sheet.addRow(['人口一览表'])
    sheet.mergeCells('A1:E1')
    sheet.addRow(['地区', '姓名', '出生日期', '人数', '说明'])
    sheet.addRow([
      '西宁',
      '甲<&>',
      new Date(Date.UTC(1990, 0, 5)),
      { formula: '1+1', result: 2 },
      { richText: [{ text: 'a' }, { text: 'b' }] },
    ])
    sheet.addRow([null, '乙', new Date(Date.UTC(2017, 5, 1, 8, 30)), 0.1 + 0.2, true])
    sheet.mergeCells('A3:A4')
    sheet.addRow(['海东', '丙', null, { error: '#N/A' }, ''])
    workbook.addWorksheet('暗表', { state: 'hidden' }).addRow(['秘密'])
  })
  const { headings, rows } = await rowsOf(path)
  assert.deepEqual(headings, ['地区', '姓名', '出生日期', '人数', '说明'])
  assert.deepEqual(rows[0], ['西宁', '甲<&>', '1990-01-05', 2, 'ab'])
  assert.deepEqual(rows[1], ['西宁', '乙', '2017-06-01 08:30:00', 0.3, true])
  const [, , , error] = rows[2] as unknown[]
  assert.ok(error instanceof CellError)
  const workbook = await openWorkbook(path)
  assert.deepEqual(
    workbook.sheets.map(({ name, is_hidden }) => [name, is_hidden]),
    [
      ['数据', false],
      ['暗表', true],
    ],
  )
  await workbook.close()
})

test('serial numbers are days since 1900 with Excel’s leap day that never was, or since 1904 (T8.1)', () => {
  assert.equal(serialText(1, false), '1900-01-01')
  assert.equal(serialText(61, false), '1900-03-01')
  assert.equal(serialText(42_736.5, false), '2017-01-01 12:00:00')
  assert.equal(serialText(0, true), '1904-01-01')
  assert.equal(serialText(-1, false), null)
})

const zipOf = (
  entries: readonly { name: string; unpacked: number; packed: Buffer; method?: number }[],
  shared = false,
): Buffer => {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, unpacked, packed, method = 8 } of entries) {
    const head = Buffer.alloc(30 + name.length)
    head.writeUInt32LE(0x04034b50)
    head.writeUInt16LE(name.length, 26)
    head.write(name, 30)
    const central = Buffer.alloc(46 + name.length)
    central.writeUInt32LE(0x02014b50)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt32LE(unpacked, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(shared ? 0 : offset, 42)
    central.write(name, 46)
    directory.push(central)
    if (shared && offset > 0) continue
    parts.push(head, packed)
    offset += head.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

test('archives that would unpack to far more than they are get refused before they are unpacked (T8.1)', async () => {
  const path = join(dir, 'bomb.xlsx')
  const small = Buffer.alloc(1000)
  const refused = async (bytes: Buffer, why: RegExp) => {
    await writeFile(path, bytes)
    await assert.rejects(openZip(path), why)
  }
  await refused(zipOf([{ name: 'a', unpacked: 100 * 1_048_576, packed: small }]), /压缩比异常/)
  await refused(zipOf([{ name: 'a', unpacked: 2 ** 31, packed: small }]), /超过 1536 MiB/)
  await refused(
    zipOf(Array.from({ length: 2001 }, (_, i) => ({ name: `f${i}`, unpacked: 0, packed: Buffer.alloc(0) }))),
    /超过上限/,
  )
  await refused(
    zipOf(
      [1, 2].map((i) => ({ name: `f${i}`, unpacked: 1000, packed: small })),
      true,
    ),
    /重叠/,
  )
  await refused(Buffer.from('PK not really'), /不是 XLSX/)
})

test('an archive that lies about its size is stopped while unpacking, and document types are refused (T8.1)', async () => {
  const { deflateRawSync } = await import('node:zlib')
  const path = join(dir, 'liar.xlsx')
  await writeFile(path, zipOf([{ name: 'a', unpacked: 10, packed: deflateRawSync(Buffer.alloc(100_000)) }]))
  const zip = await openZip(path)
  await assert.rejects(async () => {
    for await (const _ of zip.read('a'));
  }, /比目录所写更大/)
  await zip.close()
  const xml = Buffer.from('<!DOCTYPE x [<!ENTITY e "eeee">]><workbook>&e;</workbook>')
  const files = ['xl/workbook.xml', 'xl/_rels/workbook.xml.rels'].map((name) => ({
    name,
    unpacked: xml.length,
    packed: xml,
    method: 0,
  }))
  await writeFile(path, zipOf(files))
  await assert.rejects(openWorkbook(path), /文档类型/)
})
