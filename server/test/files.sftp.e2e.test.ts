// Folders at an SFTP server, Debian's own, on both sides: files as they are, and a table as files.
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import { feedDraft } from './exchange-ground.ts'
import { FilesGround, filesBelow } from './files-ground.ts'
import { hasSshd, openSftpServer } from './sftp-server.ts'
import { ask, publish } from './sharing-ground.ts'

const MIB = 1_048_576
const options = { skip: hasSshd ? false : '没有 /usr/sbin/sshd(apt-get install openssh-server)' }
const dir = await mkdtemp(join(tmpdir(), 'sanjiang-sftp-e2e-'))
const [out, into] = [join(dir, 'out'), join(dir, 'in')]
let server: Awaited<ReturnType<typeof openSftpServer>> | undefined
let ground: FilesGround | undefined

before(async () => {
  if (!hasSshd) return
  for (const one of [join(out, 'scans'), join(out, 'tables'), into]) await mkdir(one, { recursive: true })
  server = await openSftpServer(join(dir, 'sshd'))
  await writeFile(join(out, 'tables/a.csv'), '编号,名称\n1,甲\n2,乙\n')
  await writeFile(join(out, 'scans/图.tif'), randomBytes(2 * MIB + 9))
  ground = await FilesGround.open(
    {
      source: { root: out, settings: server.settings(out) },
      target: { root: into, settings: server.settings(into) },
    },
    'read files:scans/** = *\nread tables/*.csv = *',
  )
})
after(async () => {
  await ground?.close()
  await server?.close()
  await rm(dir, { recursive: true, force: true })
})

test('files come from one SFTP folder into another, changed, added and removed (T8.1)', options, async () => {
  const it = ground!
  const scans = await it.publish()
  await it.attach(scans)
  await it.subscribe(scans, 'dangan')
  const target = join(into, 'dangan')
  const held = async () => {
    const found = await filesBelow(join(out, 'scans'))
    await it.holds(target, new Map([...found].map(([path, bytes]) => [`scans/${path}`, bytes] as const)))
  }
  await held()
  await mkdir(join(out, 'scans/深处'))
  await writeFile(join(out, 'scans/深处/新.tif'), randomBytes(MIB))
  const bytes = randomBytes(3 * MIB)
  await writeFile(join(out, 'scans/图.tif'), bytes)
  await held()
  await it.target.end()
  await rm(join(out, 'scans/图.tif'))
  it.target.start()
  await held()
})

test('a table kept as files at an SFTP server is delivered as files at another (T8.1)', options, async () => {
  const it = ground!
  const names = ['id', 'name']
  const item = (name: string, name_en: string) =>
    ({ name, name_en, share_type: 'unconditional', mask_rule: 'none' }) as const
  const resource = await publish(it.world, { name: '名录', items: [item('编号', 'id'), item('名称', 'name')] })
  const bindings = [
    { item: 'id', column: '编号' },
    { item: 'name', column: '名称' },
  ]
  const source = { connection: '图库', relation: 'tables/*.csv', bindings, key: ['id'] }
  await it.police.call(exchange.attachFeed, { body: feedDraft(resource, it.source.agentId, source) })
  const more = { access_mode: 'file', quota: { count: null, period: 'day' } } as const
  const { grant_ids } = await ask(it.civil, resource, { names, more })
  const place = { agent_id: it.target.agentId, connection: '文件柜', target: 'minglu', may_create: true }
  await it.civil.call(exchange.subscribe, {
    body: { grant_id: grant_ids[0] ?? '', target_kind: 'file', file_format: 'csv', ...place },
  })
  const holds = (pattern: RegExp, word: string) => async () => {
    const found = [...(await filesBelow(join(into, 'minglu')))]
    return found.some(([path, bytes]) => pattern.test(path) && bytes.toString().includes(word))
  }
  await it.until('全量文件', holds(/-snapshot\.csv$/, '甲'))
  await writeFile(join(out, 'tables/b.csv'), '编号,名称\n3,丙\n')
  await it.until('增量文件', holds(/-delta\.csv$/, '丙'))
  const names3 = await readdir(join(into, 'minglu'))
  if (!names3.some((name) => name.endsWith('.sha256'))) throw new Error('没有校验文件')
})
