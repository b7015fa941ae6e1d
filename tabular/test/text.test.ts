import assert from 'node:assert/strict'
import { test } from 'node:test'
import iconv from 'iconv-lite'
import { csvRecords } from '../src/csv.ts'
import { decoded, EncodingDetector } from '../src/encoding.ts'

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
