import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bodyOf, partBytesFor, writeRecipe } from '@sanjiang/seal'
import { type Load, TargetRefused, type TargetTable } from './adapter.ts'
import { dyingFolder, Killed } from './dying-folder.kit.ts'
import { type Folder, openLocalFolder } from './file-folder.ts'
import { FilesLoad } from './files-load.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-files-load-'))
after(() => rm(dir, { recursive: true, force: true }))

const ROLES = { path: 'path', content: 'content', size: null, modified: null }
/** What the centre would give, by name. */
const contents = new Map<string, Buffer>()
const nameOf = (text: string): string => {
  const bytes = Buffer.from(text)
  const recipe = {
    size: bytes.length,
    part_bytes: partBytesFor(bytes.length),
    digests: hash('sha256', bytes, 'buffer'),
  }
  const name = hash('sha256', writeRecipe(recipe), 'hex')
  contents.set(name, bytes)
  return name
}
const line = (path: string, text: string): string => `${path}\t${nameOf(text)}`
const put = (path: string, text: string): string => `+\t${line(path, text)}`
const gone = (path: string): string => `-\t${path}\t\\N`
const body = (...lines: string[]): Buffer => Buffer.from(bodyOf(lines))

const TABLE: TargetTable = {
  table: 'out',
  columns: ['path', 'content'].map((name) => ({ name, data_type: 'C', length: null })),
  key: ['path'],
}
const loadIn = (folder: Folder): FilesLoad =>
  new FilesLoad({
    folder,
    path: 'out',
    subscription_id: 's',
    table: TABLE,
    files: {
      roles: ROLES,
      async fetch(content, { part }) {
        const bytes = contents.get(content) as Buffer
        await part.write(bytes, 0)
        await part.cut(bytes.length)
        await part.sync()
      },
      arrived: () => undefined,
      isGone: () => false,
    },
  })

let count = 0
const newRoot = async (): Promise<string> => {
  const root = join(dir, `root-${++count}`)
  await mkdir(join(root, 'out'), { recursive: true })
  return root
}

const seenIn = async (root: string): Promise<Record<string, string>> => {
  const seen: [string, string][] = []
  for (const entry of await readdir(join(root, 'out'), { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name)
    const path = full.slice(join(root, 'out').length + 1)
    if (entry.isFile() && !path.startsWith('.sanjiang')) seen.push([path, await readFile(full, 'utf8')])
  }
  return Object.fromEntries(seen.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const LOG: readonly ((load: Load) => Promise<void>)[] = [
  (load) => load.begin('a'),
  (load) => load.rows(body(line('a/1', 'eins'), line('b', 'zwei'))),
  (load) => load.rows(body(line('a/2', 'drei'))),
  (load) => load.end(),
  (load) => load.changes(body(gone('a/1'), put('b', 'zwei neu'), put('c/d', 'eins'))),
  (load) => load.changes(body(gone('b'), put('b/c', 'vier'), put('e', 'e1'), put('e', 'e2'))),
  (load) => load.begin('b'),
  (load) => load.rows(body(line('c/d', 'eins'), line('x', 'neu'))),
  (load) => load.end(),
  (load) => load.changes(body(gone('x'), put('y', 'zuletzt'))),
]

/** Follows the log from the stored offset on, as an agent does after every start. */
const follow = async (load: Load): Promise<void> => {
  const from = ((await load.offset())?.seq ?? -1) + 1
  for (let seq = from; seq < LOG.length; seq++) {
    await LOG[seq]!(load)
    await load.commit({ seq, run_id: 'run', position: String(seq) })
  }
}

test('killed at any act on the disk, files come to stand as their rows say, none half written, none of others touched (T8.1, C4)', async () => {
  const whole = new Set(['eins', 'zwei', 'drei', 'zwei neu', 'vier', 'e2', 'neu', 'zuletzt', 'eigen'])
  const run = async (dieAt: number): Promise<number> => {
    const root = await newRoot()
    await writeFile(join(root, 'out/own.txt'), 'eigen')
    const real = await openLocalFolder(root)
    const dying = dyingFolder(real, dieAt)
    await follow(loadIn(dying.folder)).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error
    })
    await dying.bury()
    for (const text of Object.values(await seenIn(root))) assert.ok(whole.has(text), `${text} after act ${dieAt}`)
    const again = loadIn(real)
    await follow(again)
    await again.close()
    assert.deepEqual(await seenIn(root), { 'c/d': 'eins', 'own.txt': 'eigen', y: 'zuletzt' }, `killed at act ${dieAt}`)
    return dying.acts()
  }
  const acts = await run(Number.POSITIVE_INFINITY)
  assert.ok(acts > 60)
  for (let dieAt = 0; dieAt < acts; dieAt++) await run(dieAt)
})

test('a path that leads astray, or where something else stands, is refused with the reason; the others go on (T8.1)', async () => {
  const root = await newRoot()
  await mkdir(join(root, 'out/sub'))
  await writeFile(join(root, 'out/own.txt'), 'eigen')
  await writeFile(join(root, 'out/same.txt'), 'gleich')
  await symlink('/etc', join(root, 'out/link'))
  const load = loadIn(await openLocalFolder(root))
  assert.deepEqual(await load.prepare(true), [])
  await load.rows(body(line('Akte.tif', 'akte'), line('same.txt', 'gleich')))
  await load.commit({ seq: 0, run_id: 'r', position: '' })
  const refused: readonly (readonly [path: string, reason: RegExp])[] = [
    ['../out.txt', /“\.\.”/],
    ['/etc/passwd', /相对/],
    ['a\\\\b', /不允许的字符/],
    ['con.txt', /部分系统/],
    ['.sanjiang/offset.json', /自用/],
    ['akte.TIF', /大小写/],
    ['Akte.tif/in', /不是文件夹/],
    ['link/x', /不是文件夹/],
    ['own.txt', /没有覆盖/],
    ['sub', /没有覆盖/],
  ]
  for (const [path, reason] of refused) {
    const isRefused = (error: unknown) => error instanceof TargetRefused && reason.test(error.constraint)
    await assert.rejects(load.rows(body(line(path, 'fremd'))), isRefused, path)
    await load.rollback()
  }
  await load.changes(body(gone('Akte.tif'), put('akte.TIF', 'akte')))
  await load.commit({ seq: 1, run_id: 'r', position: '' })
  assert.deepEqual(await seenIn(root), { 'akte.TIF': 'akte', 'own.txt': 'eigen', 'same.txt': 'gleich' })
})

test('a file changed by hand is theirs when its row goes, and put right when its row comes again (T8.1, C5)', async () => {
  const root = await newRoot()
  const load = loadIn(await openLocalFolder(root))
  await load.rows(body(line('a', 'a'), line('b', 'b')))
  await load.commit({ seq: 0, run_id: 'r', position: '' })
  for (const name of ['a', 'b']) await writeFile(join(root, 'out', name), 'von Hand')
  await load.changes(body(gone('a'), put('b', 'b')))
  await load.commit({ seq: 1, run_id: 'r', position: '' })
  assert.deepEqual(await seenIn(root), { a: 'von Hand', b: 'b' })
})
