import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openWorkbook, serialText } from '../src/xlsx.ts'
import { openZip } from '../src/zip.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-archive-'))
after(() => rm(dir, { recursive: true, force: true }))

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
