import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bodyOf, type DataType } from '@sanjiang/seal'
import ExcelJS from 'exceljs'
import type { AllowList, Lines, Load, ReadPlan, Target, TargetTable } from './adapter.ts'
import { dyingFolder, Killed } from './dying-folder.kit.ts'
import { fileAdapter } from './file.ts'
import { type Folder, openLocalFolder } from './file-folder.ts'
import { FileLoad } from './file-load.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-file-load-'))
after(() => rm(dir, { recursive: true, force: true }))

const COLUMNS: readonly [string, DataType][] = [
  ['id', 'I'],
  ['name', 'C'],
  ['amount', 'N'],
  ['ok', 'L'],
  ['at', 'T'],
]
const tableOf = (format: 'csv' | 'jsonl' | 'xlsx'): TargetTable => ({
  table: 'out/person',
  columns: COLUMNS.map(([name, data_type]) => ({ name, data_type, length: null })),
  key: ['id'],
  format,
})
const PLAN: ReadPlan = {
  relation: 'out/person',
  columns: COLUMNS.map(([column, data_type]) => ({ column, item: column, data_type, is_key: column === 'id' })),
  cursor_column: null,
}
const ALLOW: AllowList = { read: {}, write: ['out/*'] }
const signal = new AbortController().signal

let count = 0
const newRoot = async (): Promise<string> => {
  const root = join(dir, `root-${++count}`)
  await mkdir(root)
  return root
}
const openTarget = (root: string): Promise<Target> =>
  fileAdapter.openTarget({ root, state_dir: join(dir, 'state') }, ALLOW)

const body = (...lines: string[]): Buffer => Buffer.from(bodyOf(lines))
const offset = (seq: number, run_id = 'run') => ({ seq, run_id, position: String(seq) })

const shownBy = async (target: Target): Promise<string[]> => {
  const snapshot = await target.source.snapshot(PLAN, { signal, slot: null })
  let text = ''
  const unreadable = (row: unknown) => assert.fail(JSON.stringify(row))
  for await (const batch of snapshot.batches({ chunk_bytes: 1000, signal, unreadable }) as AsyncIterable<Lines>)
    text += batch.body
  return text.split('\n').slice(0, -1)
}
const namesIn = async (root: string): Promise<string[]> =>
  (await readdir(join(root, 'out/person'))).filter((name) => !name.startsWith('.')).sort()

const HARD = [
  '1\t=cmd|’/c calc’!A0\t-5.5\tt\t2017-01-05 08:00:00.5',
  "2\t'=quoted\t1234567890123456789012.25\tf\t\\N",
  '3\t\t\\N\t\\N\t\\N',
  '4\t\\N\t0\t\\N\t\\N',
  '5\ta,"b"\\r\\n;c\\t\\\\N _x000D_\t0.1\tt\t2017-12-31 23:59:59',
  '6\t@at\t7\tt\t\\N',
  '7\t \t7\tt\t\\N',
  '8\t\\\\N\t7\tt\t\\N',
]

for (const format of ['csv', 'jsonl', 'xlsx'] as const)
  test(`what is delivered as ${format} reads back as the same lines: NULL, empty, formulas, quotes, long numbers (T8.1)`, async () => {
    const root = await newRoot()
    const target = await openTarget(root)
    const load = await target.load('s1', tableOf(format))
    assert.deepEqual(await load.prepare(true), [])
    await load.begin('run')
    await load.rows(body(...HARD.slice(0, 4)))
    await load.commit(offset(1))
    await load.rows(body(...HARD.slice(4)))
    await load.end()
    await load.commit(offset(2))
    await load.changes(body('+\t9\tnew\t1\tt\t\\N', '-\t2\t\\N\t\\N\t\\N\t\\N', '+\t3\tchanged\t2\tf\t\\N'))
    await load.commit(offset(3))
    await load.close()
    assert.deepEqual(
      (await namesIn(root)).filter((name) => !name.endsWith('.sha256')),
      [`000000000002-0-snapshot.${format}`, `000000000003-0-delta.${format}`],
    )
    const expected = [
      ...HARD.filter((_, index) => index !== 1 && index !== 2),
      '3\tchanged\t2\tf\t\\N',
      '9\tnew\t1\tt\t\\N',
    ]
    assert.deepEqual(await shownBy(target), expected.sort())
  })

test('text that a spreadsheet would run is guarded, numbers are not, and each file has its digest beside (T8.1)', async () => {
  const root = await newRoot()
  const load = await (await openTarget(root)).load('s1', tableOf('csv'))
  await load.prepare(true)
  await load.begin('run')
  await load.rows(body(...HARD.slice(0, 1)))
  await load.end()
  await load.commit(offset(1))
  const [name = '', digest = ''] = await namesIn(root)
  const bytes = await readFile(join(root, 'out/person', name))
  assert.equal(bytes.toString(), "\ufeffid,name,amount,ok,at\r\n1,'=cmd|’/c calc’!A0,-5.5,t,2017-01-05 08:00:00.5\r\n")
  const expected = createHash('sha256').update(bytes).digest('hex')
  assert.equal(await readFile(join(root, 'out/person', digest), 'utf8'), `${expected}  ${name}\n`)
})

test('a delivered workbook opens in another program, with text as text (T8.1)', async () => {
  const root = await newRoot()
  const load = await (await openTarget(root)).load('s1', tableOf('xlsx'))
  await load.prepare(true)
  await load.begin('run')
  await load.rows(body(...HARD))
  await load.end()
  await load.commit(offset(1))
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(join(root, 'out/person/000000000001-0-snapshot.xlsx'))
  const sheet = book.getWorksheet('data')
  assert.equal(sheet?.getCell('B2').value, '=cmd|’/c calc’!A0')
  assert.equal(sheet?.getCell('C2').value, -5.5)
  assert.equal(sheet?.getCell('C3').value, '1234567890123456789012.25')
  assert.equal(sheet?.rowCount, HARD.length + 1)
})

test('a snapshot begun again by the same run is another one: headings once, and nothing of what came before (T8.1)', async () => {
  const root = await newRoot()
  const load = await (await openTarget(root)).load('s1', tableOf('csv'))
  await load.prepare(true)
  await load.begin('run')
  await load.rows(body('1\tAnna\t1\tt\t\\N'))
  await load.commit(offset(1))
  await load.begin('run')
  await load.rows(body('2\tBert\t2\tf\t\\N'))
  await load.end()
  await load.commit(offset(2))
  const [name = ''] = await namesIn(root)
  const text = await readFile(join(root, 'out/person', name), 'utf8')
  assert.equal(text, '\ufeffid,name,amount,ok,at\r\n2,Bert,2,f,\r\n')
})

test('a new snapshot takes the place of what was delivered before, and a truncation empties it (T8.1)', async () => {
  const root = await newRoot()
  const target = await openTarget(root)
  const load = await target.load('s1', tableOf('csv'))
  await load.prepare(true)
  await load.rows(body('1\ta\t1\tt\t\\N'))
  await load.commit(offset(1))
  await load.begin('two')
  await load.rows(body('2\tb\t1\tt\t\\N'))
  await load.end()
  await load.changes(body('+\t3\tc\t1\tt\t\\N'))
  await load.commit(offset(5))
  assert.deepEqual(await shownBy(target), ['2\tb\t1\tt\t\\N', '3\tc\t1\tt\t\\N'])
  assert.equal(
    (await namesIn(root)).some((name) => name.startsWith('000000000001')),
    false,
  )
  await load.changes(body('+\t4\td\t1\tt\t\\N', '!\t\\N\t\\N\t\\N\t\\N\t\\N', '+\t5\te\t1\tt\t\\N'))
  await load.commit(offset(6))
  assert.deepEqual(await shownBy(target), ['5\te\t1\tt\t\\N'])
})

test('a rollback leaves the folder as the last commit left it, a snapshot under way included (T8.1)', async () => {
  const root = await newRoot()
  const target = await openTarget(root)
  const load = await target.load('s1', tableOf('csv'))
  await load.prepare(true)
  await load.begin('run')
  await load.rows(body('1\ta\t1\tt\t\\N'))
  await load.commit(offset(1))
  await load.rows(body('2\twrong\t1\tt\t\\N'))
  await load.changes(body('+\t8\twrong\t1\tt\t\\N'))
  await load.rollback()
  assert.deepEqual(await load.offset(), offset(1))
  await load.rows(body('2\tb\t1\tt\t\\N'))
  await load.end()
  await load.commit(offset(2))
  assert.deepEqual(await shownBy(target), ['1\ta\t1\tt\t\\N', '2\tb\t1\tt\t\\N'])
  assert.deepEqual(
    (await readdir(join(root, 'out/person'))).filter((name) => name.includes('.part')),
    [],
  )
})

test('a folder serves one subscription, must exist unless it may be made, and stands on the allow-list (T8.1)', async () => {
  const root = await newRoot()
  const target = await openTarget(root)
  const load = await target.load('s1', tableOf('csv'))
  assert.match((await load.prepare(false)).join(), /不存在/)
  assert.deepEqual(await load.prepare(true), [])
  await load.commit(offset(1))
  assert.match((await (await target.load('s2', tableOf('csv'))).prepare(true)).join(), /另一订阅 s1/)
  await assert.rejects(target.load('s1', { ...tableOf('csv'), table: 'elsewhere' }), { code: 'not_allowed' })
  await assert.rejects(target.load('s1', { ...tableOf('csv'), table: 'out/../../x' }), { code: 'not_allowed' })
})

/** The log as the loader gives it: (seq, what). */
const LOG: readonly ((load: Load) => Promise<void>)[] = [
  (load) => load.begin('a'),
  (load) => load.rows(body('1\ta\t1\tt\t\\N', '2\tb\t1\tt\t\\N')),
  (load) => load.rows(body('3\tc\t1\tt\t\\N')),
  (load) => load.end(),
  (load) => load.changes(body('-\t1\t\\N\t\\N\t\\N\t\\N', '+\t4\td\t1\tt\t\\N')),
  (load) => load.changes(body('+\t4\td4\t1\tt\t\\N')),
  (load) => load.begin('b'),
  (load) => load.rows(body('7\tx\t1\tt\t\\N')),
  (load) => load.rows(body('8\ty\t1\tt\t\\N')),
  (load) => load.end(),
  (load) => load.changes(body('-\t7\t\\N\t\\N\t\\N\t\\N')),
]

/** Follows the log from the stored offset on, as an agent does after every start. */
const follow = async (load: Load): Promise<void> => {
  const from = ((await load.offset())?.seq ?? -1) + 1
  for (let seq = from; seq < LOG.length; seq++) {
    await LOG[seq]!(load)
    await load.commit(offset(seq))
  }
}

for (const [format, step] of [
  ['csv', 1],
  ['xlsx', 13],
] as const)
  test(`killed at any act on the disk, a delivery as ${format} goes on without losing or doubling a row (T8.1, C4)`, async () => {
    const run = async (dieAt: number): Promise<number> => {
      const root = await newRoot()
      await mkdir(join(root, 'out/person'), { recursive: true })
      const real = await openLocalFolder(root)
      const make = (folder: Folder): FileLoad =>
        new FileLoad({
          folder,
          path: 'out/person',
          subscription_id: 's',
          table: tableOf(format),
          format,
          has_mark: true,
        })
      const dying = dyingFolder(real, dieAt)
      await follow(make(dying.folder)).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      await dying.bury()
      const again = make(real)
      await follow(again)
      await again.close()
      const target = await openTarget(root)
      assert.deepEqual(await shownBy(target), ['8\ty\t1\tt\t\\N'], `killed at act ${dieAt}`)
      assert.equal((await namesIn(root)).filter((name) => !name.endsWith('.sha256')).length, 2)
      const left = (await readdir(join(root, 'out/person'))).filter((name) => name.includes('.part'))
      assert.deepEqual(left, [], `killed at act ${dieAt}`)
      return dying.acts()
    }
    const acts = await run(Number.POSITIVE_INFINITY)
    assert.ok(acts > 30)
    for (let dieAt = 0; dieAt < acts; dieAt += step) await run(dieAt)
  })
