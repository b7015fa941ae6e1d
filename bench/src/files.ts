// Files as they are, from one department's folder to another's through the centre's store, against rsync over loopback; both end with
// what they wrote synced. Ours writes every byte twice (centre, encrypted, and consumer) and checks it three times by SHA-256.
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fetched } from '../../agent/src/blob.fetch.ts'
import type { Sent } from '../../agent/src/blob.send.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { EXEC_ARGV } from '../../server/src/supervisor/keeper.ts'
import { freePort } from '../../server/test/ports.ts'
import type { Order } from './files.peer.ts'

const MIB = 1_048_576
const isQuick = process.argv.includes('--quick')
const ROUNDS = isQuick ? 2 : 5
const FILES = 8
/** Files sent at a time. */
const LANES = 2
const FILE_BYTES = (isQuick ? 8 : 16) * MIB
const TOTAL = FILES * FILE_BYTES

const local = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

interface Peer {
  ask<T>(order: Order): Promise<T>
  readonly child: ChildProcess
}

const startPeer = (args: readonly string[]): Promise<Peer> =>
  new Promise((resolve) => {
    const child = fork(local('files.peer.ts'), args)
    const waiting = new Map<number, { done: (value: never) => void; failed: (error: Error) => void }>()
    let next = 0
    const peer: Peer = {
      child,
      ask: (order) =>
        new Promise((done, failed) => {
          waiting.set(next, { done, failed })
          child.send({ no: next++, order })
        }),
    }
    child.on('message', ({ no, value, error }: { no: number; value: never; error?: string }) => {
      if (no === -1) resolve(peer)
      else if (error) waiting.get(no)?.failed(new Error(error))
      else waiting.get(no)?.done(value)
    })
  })

const startRsyncd = async (dir: string): Promise<{ port: number; child: ChildProcess }> => {
  const port = await freePort()
  const config = join(dir, 'rsyncd.conf')
  const owner = process.getuid?.() === 0 ? 'uid = 0\ngid = 0\n' : ''
  await writeFile(config, `${owner}use chroot = no\n[in]\npath = ${join(dir, 'rsync-in')}\nread only = no\n`)
  const args = ['--daemon', '--no-detach', `--config=${config}`, `--port=${port}`, '--address=127.0.0.1']
  const child = spawn('rsync', args, { stdio: 'ignore' })
  for (let tries = 0; tries < 100; tries++) {
    if (spawnSync('rsync', [`rsync://127.0.0.1:${port}/`], { stdio: 'ignore' }).status === 0) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { port, child }
}

/** Seconds; and how many bytes rsync says it sent. */
const rsync = async (from: string, to: string): Promise<{ seconds: number; sent: number }> => {
  const start = performance.now()
  const child = spawn('rsync', ['-r', '--fsync', '--ignore-times', '--stats', `${from}/`, to])
  let text = ''
  child.stdout.on('data', (piece: Buffer) => {
    text += piece
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`rsync ended with ${code}`)
  const sent = Number(/Total bytes sent: ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? 0)
  return { seconds: (performance.now() - start) / 1000, sent }
}

const names = Array.from({ length: FILES }, (_, i) => `scan-${i}.tif`)

const fill = async (dir: string): Promise<void> => {
  const buffer = Buffer.allocUnsafe(FILE_BYTES)
  for (const name of names) {
    randomFillSync(buffer)
    await writeFile(join(dir, name), buffer, { flush: true })
  }
}

/** One per cent of each file, in one place. */
const touch = async (dir: string): Promise<void> => {
  const bytes = randomFillSync(Buffer.alloc(Math.floor(FILE_BYTES / 100)))
  for (const name of names) {
    const file = await open(join(dir, name), 'r+')
    await file.write(bytes, 0, bytes.length, Math.floor(FILE_BYTES / 3))
    await file.sync()
    await file.close()
  }
}

interface Passage {
  readonly seconds: number
  readonly sent: number
  readonly fetched: number
}

/** A file is fetched as soon as it is closed at the centre, while the next one is on its way: as rows pass through the log. */
const carry = async (sender: Peer, reader: Peer, dirs: { from: string; to: string; as: string }): Promise<Passage> => {
  const start = performance.now()
  let sent = 0
  const fetches: Promise<Fetched>[] = []
  const queue = [...names]
  const lane = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const done = await sender.ask<Sent>({ do: 'send', path: join(dirs.from, name), name: `open/${dirs.as}/${name}` })
      sent += done.sent_bytes
      const to = join(dirs.to, name)
      fetches.push(reader.ask<Fetched>({ do: 'fetch', recipe: done.recipe, to, old: to }))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const fetched = (await Promise.all(fetches)).reduce((sum, one) => sum + one.fetched_bytes, 0)
  return { seconds: (performance.now() - start) / 1000, sent, fetched }
}

const assertSame = async (a: string, b: string): Promise<void> => {
  for (const name of names)
    if (!(await readFile(join(a, name))).equals(await readFile(join(b, name)))) throw new Error(`${name} differs`)
}

/** A province in which the police may send and civil affairs may fetch, and both agents' sessions. */
const openScene = async (dataUrl: string) => {
  process.env.TEST_DATABASE_URL = dataUrl
  const { openWorld } = await import('../../server/test/harness.ts')
  const { publish, ask } = await import('../../server/test/sharing-ground.ts')
  const { enlistAtDoor } = await import('../../server/test/exchange-door.ts')
  const { answering, feedDraft, subscribeTo } = await import('../../server/test/exchange-ground.ts')
  const { exchange } = await import('../../contract/src/index.ts')
  const world = await openWorld({ today: '2017-12-11' })
  const execArgv = [...process.execArgv, ...(EXEC_ARGV.exchange ?? [])]
  const door = fork(local('files.door.ts'), [world.url, world.dataDir], { execArgv })
  const { address } = await new Promise<{ address: string }>((resolve) => {
    door.once('message', (said) => resolve(said as { address: string }))
  })
  const police = await world.signIn('police', 'provider')
  const civil = await world.signIn('civil_affairs', 'consumer')
  const ITEMS = ['path', 'size', 'modified', 'content']
  const items = ITEMS.map((name) => ({ name, name_en: name, share_type: 'unconditional', mask_rule: 'none' }) as const)
  const maps = await publish(world, { items: [...items] })
  const provider = await enlistAtDoor(address, police)
  const consumer = await enlistAtDoor(address, civil)
  const columns = ITEMS.map((name) => ({ name, source_type: 'text', nullable: false, key_no: null, comment: '' }))
  const change_stream = { able: true, reason: '' }
  const describe = { name: 'files:scans/**', kind: 'folder', comment: '', estimated_rows: null, columns, change_stream }
  const stop = answering(world, { describe })
  const bindings = ITEMS.map((name) => ({ item: name, column: name }))
  const body = feedDraft(maps, provider.agentId, { bindings, key: ['path'], relation: describe.name })
  const feed = await police.call(exchange.attachFeed, { body }).finally(stop)
  const more = { access_mode: 'table', quota: { count: null, period: 'day' } } as const
  const request = await ask(civil, maps, { names: ITEMS, more })
  const grant_id = request.grant_ids[0] ?? ''
  const subscription = await subscribeTo(civil, { grant_id, agent_id: consumer.agentId })
  const sender = await startPeer([address, provider.token, feed.feed_id])
  const reader = await startPeer([address, consumer.token, subscription.subscription_id])
  return { world, door, sender, reader }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
const rounded = (value: number): number => Number(value.toFixed(2))
const cpuOf = ({ user, system }: NodeJS.CpuUsage): number => rounded((user + system) / 1e6)

/** Seconds of processor time of each process so far, its start among them. */
const cpusOf = async ({ door, sender, reader }: Awaited<ReturnType<typeof openScene>>) => {
  const said = await new Promise<{ cpu: NodeJS.CpuUsage; peak: number }>((resolve) => {
    door.once('message', (one) => resolve(one as { cpu: NodeJS.CpuUsage; peak: number }))
    door.send({})
  })
  return {
    provider_agent: cpuOf(await sender.ask<NodeJS.CpuUsage>({ do: 'cpu' })),
    centre: cpuOf(said.cpu),
    /** MiB. */
    centre_peak: Math.round(said.peak / 1024),
    consumer_agent: cpuOf(await reader.ask<NodeJS.CpuUsage>({ do: 'cpu' })),
  }
}

const measure = async (dir: string, scene: Awaited<ReturnType<typeof openScene>>, port: number) => {
  const { sender, reader } = scene
  const before = await cpusOf(scene)
  const [from, to, peerTo] = [join(dir, 'out'), join(dir, 'in'), join(dir, 'rsync-in')] as const
  for (const one of [from, to, peerTo]) await mkdir(one, { recursive: true })
  const times = {
    ours: [] as number[],
    rsync: [] as number[],
    ours_changed: [] as number[],
    rsync_changed: [] as number[],
  }
  let last = { changed: { sent: 0, fetched: 0 }, rsync_changed_sent: 0, copy: { seconds: 0, sent: 0 } }
  const address = `rsync://127.0.0.1:${port}/in`
  for (let round = 0; round < ROUNDS; round++) {
    await fill(from)
    for (const one of [to, peerTo]) {
      await rm(one, { recursive: true })
      await mkdir(one)
    }
    // In turns, because the disk remembers what was done before.
    const first = round % 2 === 0 ? await rsync(from, address) : null
    const ours = await carry(sender, reader, { from, to, as: `r${round}` })
    const peer = first ?? (await rsync(from, address))
    await assertSame(from, to)
    await touch(from)
    const changed = await carry(sender, reader, { from, to, as: `r${round}` })
    const peerChanged = await rsync(from, address)
    await assertSame(from, to)
    await assertSame(from, peerTo)
    const copyTo = join(dir, `copy-${round}`)
    await mkdir(copyTo)
    const copy = await carry(sender, reader, { from, to: copyTo, as: `copy-${round}` })
    await rm(copyTo, { recursive: true })
    times.ours.push(ours.seconds)
    times.rsync.push(peer.seconds)
    times.ours_changed.push(changed.seconds)
    times.rsync_changed.push(peerChanged.seconds)
    last = { changed, rsync_changed_sent: peerChanged.sent, copy }
    const speed = (seconds: number): string => `${(TOTAL / MIB / seconds).toFixed(0)} MiB/s`
    console.log(
      `round ${round + 1}: ours ${speed(ours.seconds)}, rsync ${speed(peer.seconds)}; ` +
        `1 % changed: ours ${changed.seconds.toFixed(2)} s, rsync ${peerChanged.seconds.toFixed(2)} s`,
    )
  }
  const after = await cpusOf(scene)
  const cpu = {
    provider_agent: rounded(after.provider_agent - before.provider_agent),
    centre: rounded(after.centre - before.centre),
    consumer_agent: rounded(after.consumer_agent - before.consumer_agent),
  }
  return { times, last, cpu, centre_peak: after.centre_peak }
}

const main = async (): Promise<void> => {
  const version = spawnSync('rsync', ['--version']).stdout?.toString().split('\n')[0]
  if (!version) throw new Error('没有 rsync，请先安装（apt-get install rsync）')
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-files-'))
  const postgres = await startPostgres({ dir: join(dir, 'pg') })
  const scene = await openScene(postgres.url('postgres'))
  await mkdir(join(dir, 'rsync-in'))
  const daemon = await startRsyncd(dir)
  try {
    const { times, last, cpu, centre_peak } = await measure(dir, scene, daemon.port)
    const ratio = median(times.ours.map((seconds, index) => times.rsync[index]! / seconds))
    const changed = median(times.ours_changed.map((seconds, index) => times.rsync_changed[index]! / seconds))
    const speed = (seconds: readonly number[]): number => Math.round(TOTAL / MIB / median(seconds))
    console.log(
      JSON.stringify({
        bench: 'files',
        ratio: rounded(ratio),
        ours: speed(times.ours),
        peer: speed(times.rsync),
        conditions: {
          unit: 'MiB/s',
          route: 'agent → centre (encrypted, deduplicated, synced) → agent, four processes and PostgreSQL',
          peer: `${version}, daemon on 127.0.0.1, -r --fsync`,
          files: FILES,
          file_bytes: FILE_BYTES,
          rounds: ROUNDS,
          cpus: cpus().length,
          postgres: 'fsync=on synchronous_commit=on',
        },
        also: {
          ratio_one_percent_changed: rounded(changed),
          changed_bytes_sent: last.changed.sent,
          changed_bytes_fetched: last.changed.fetched,
          rsync_changed_bytes_sent: last.rsync_changed_sent,
          copies_bytes_sent: last.copy.sent,
          copies_seconds: rounded(last.copy.seconds),
          cpu_seconds: cpu,
          centre_peak_mib: centre_peak,
        },
      }),
    )
  } finally {
    daemon.child.kill()
    for (const child of [scene.door, scene.sender.child, scene.reader.child]) child.kill()
    await scene.world.close()
    await postgres.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
