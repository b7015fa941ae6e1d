import type { Adapter } from './adapters/adapter.ts'
import type { AdapterKind } from './config.ts'

/** Loaded when a connection needs them: a driver that nobody configured costs nothing. */
const LOADERS: Partial<Record<AdapterKind, () => Promise<Adapter>>> = {
  postgres: async () => (await import('./adapters/postgres.ts')).postgres,
  mysql: async () => (await import('./adapters/mysql.ts')).mysql,
  file: async () => (await import('./adapters/file.ts')).fileAdapter,
}

export const adapterOf = async (kind: AdapterKind): Promise<Adapter> => {
  const load = LOADERS[kind]
  if (load === undefined) throw new Error(`此版本不支持 ${kind} 连接`)
  return load()
}
