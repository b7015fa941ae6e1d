import { join } from 'node:path'
import { AdapterFault, type AllowList, type Source, type Target } from './adapters/adapter.ts'
import { adapterOf } from './adapters.ts'
import type { AgentConfig, ConnectionConfig } from './config.ts'
import { Standing } from './trouble.ts'

export class UnknownConnection extends Error {
  constructor(name: string) {
    super(`本机配置里没有名为“${name}”的连接`)
    this.name = 'UnknownConnection'
  }
}

interface Opened {
  readonly config: ConnectionConfig
  readonly standing: Standing
  source: Promise<Source> | null
  target: Promise<Target> | null
}

export const canRead = ({ read }: AllowList): boolean => Object.keys(read).length > 0
export const canWrite = ({ write }: AllowList): boolean => write.length > 0

/** The department's databases, each opened when first needed and again after it failed. */
export class Connections {
  readonly #opened = new Map<string, Opened>()

  constructor(config: AgentConfig, onChange: () => void) {
    for (const one of config.connections.values()) {
      // Where an adapter keeps what it must remember of a connection.
      const settings = { state_dir: join(config.state, 'connections'), ...one.settings }
      const standing = new Standing(onChange)
      this.#opened.set(one.name, { config: { ...one, settings }, standing, source: null, target: null })
    }
  }

  #of(name: string): Opened {
    const opened = this.#opened.get(name)
    if (opened === undefined) throw new UnknownConnection(name)
    return opened
  }

  source(name: string): Promise<Source> {
    const opened = this.#of(name)
    const { kind, settings, allow } = opened.config
    opened.source ??= this.#opening(opened, async () => (await adapterOf(kind)).openSource(settings, allow))
    return opened.source
  }

  target(name: string): Promise<Target> {
    const opened = this.#of(name)
    const { kind, settings, allow } = opened.config
    opened.target ??= this.#opening(opened, async () => (await adapterOf(kind)).openTarget(settings, allow))
    return opened.target
  }

  async #opening<T>(opened: Opened, open: () => Promise<T>): Promise<T> {
    try {
      const one = await open()
      opened.standing.well()
      return one
    } catch (error) {
      this.failed(opened.config.name, error)
      throw error
    }
  }

  /** A failure that lies with the connection itself: the next who asks opens it anew. */
  failed(name: string, error: unknown): void {
    const opened = this.#of(name)
    const { code, message } = error as AdapterFault
    const isOwn = error instanceof AdapterFault && (code === 'not_allowed' || code === 'no_such_relation')
    if (isOwn) return
    const { source, target } = opened
    opened.source = null
    opened.target = null
    for (const one of [source, target]) one?.then((open) => open.close()).catch(() => {})
    if (error instanceof AdapterFault && code !== 'stream_lost')
      opened.standing.stuck(canRead(opened.config.allow) ? 'provider' : 'consumer', code, message)
  }

  report(): {
    name: string
    kind: ConnectionConfig['kind']
    can_read: boolean
    can_write: boolean
    trouble: Standing['trouble']
  }[] {
    return [...this.#opened.values()].map(({ config, standing }) => ({
      name: config.name,
      kind: config.kind,
      can_read: canRead(config.allow),
      can_write: canWrite(config.allow),
      trouble: standing.trouble,
    }))
  }

  async close(): Promise<void> {
    const open = [...this.#opened.values()].flatMap(({ source, target }) => [source, target])
    await Promise.allSettled(open.map(async (one) => (await one)?.close()))
  }
}

/** Code and sentence of whatever went wrong at a connection. */
export const troubleOf = (error: unknown): { code: string; message: string } =>
  error instanceof AdapterFault
    ? { code: error.code, message: error.message }
    : error instanceof UnknownConnection
      ? { code: 'misconfigured', message: error.message }
      : { code: 'failed', message: (error as Error).message }
