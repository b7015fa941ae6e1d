import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '#kernel/migrate.ts'
import { keepPostgres, type Postgres, startPostgres } from '#kernel/postgres.ts'
import { Door } from '../drill/door.ts'
import { Disk } from './disk.ts'
import { ExchangeGround } from './ground.ts'

const SETTINGS = ['fsync=on', 'synchronous_commit=on', 'max_connections=60', 'shared_buffers=64MB']
/** On a small disk the log must not grow into whatever room there is. */
const SMALL = ['max_wal_size=64MB', 'min_wal_size=32MB']
const SMALL_MIB = 400

/** A PostgreSQL cluster of one party's own, kept running, which can be killed. */
export interface Cluster {
  readonly server: Postgres
  /** The agent's own way to it, where its statements can be watched for. */
  readonly door: Door
  /** What it stands on, when that is a disk of its own. */
  readonly disk: Disk | null
  kill(): Promise<void>
  close(): Promise<void>
}

const openCluster = async ({ isSmall }: { isSmall: boolean }): Promise<Cluster> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-drill-pg-'))
  const disk = isSmall ? Disk.mount(dir, SMALL_MIB) : null
  const options = { dir, settings: disk === null ? SETTINGS : [...SETTINGS, ...SMALL] }
  const server = await startPostgres(options)
  const endKeeping = keepPostgres(options, server, () => undefined)
  const door = await Door.open(() => server.port)
  return {
    server,
    door,
    disk,
    kill: async () => {
      const pid = Number((await readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        // Another fault was first, and the server has not been started again yet.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    },
    close: async () => {
      door.close()
      await endKeeping()
      await server.stop()
      disk?.unmount()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const through = ({ server, door }: Cluster): string => {
  const url = new URL(server.url('postgres'))
  url.port = String(door.port)
  return url.href
}

export interface DrillSite {
  readonly ground: ExchangeGround
  readonly centre: Cluster
  readonly source: Cluster
  readonly target: Cluster
  close(): Promise<void>
}

/** Three clusters with fsync, so that each may die by itself, and the whole exchange between them. */
export const openDrillSite = async (rows: number): Promise<DrillSite> => {
  const [centre, source, target] = [
    await openCluster({ isSmall: false }),
    await openCluster({ isSmall: false }),
    await openCluster({ isSmall: true }),
  ]
  const clusters = [centre, source, target]
  try {
    await migrate({ adminUrl: centre.server.url('postgres') })
    const ground = await ExchangeGround.open({
      centre: { url: centre.server.url('postgres'), drop: async () => undefined },
      centrePort: centre.server.port,
      source: { direct: source.server.url('postgres'), agents: through(source) },
      target: { direct: target.server.url('postgres'), agents: through(target) },
      rows,
    })
    const close = async () => {
      await ground.close()
      for (const cluster of clusters) await cluster.close()
    }
    return { ground, centre, source, target, close }
  } catch (error) {
    for (const cluster of clusters) await cluster.close()
    throw error
  }
}
