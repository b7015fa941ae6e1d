import type { Adapter } from './adapters/adapter.ts'
import type { AdapterKind } from './config.ts'

/** Loaded when a connection needs them: a driver that nobody configured costs nothing. */
const LOADERS: Readonly<Record<AdapterKind, () => Promise<Adapter>>> = {
  postgres: async () => (await import('./adapters/postgres.ts')).postgres,
  mysql: async () => (await import('./adapters/mysql.ts')).mysql,
  http: async () => (await import('./adapters/http.ts')).http,
  file: async () => (await import('./adapters/file.ts')).fileAdapter,
}

export const adapterOf = (kind: AdapterKind): Promise<Adapter> => LOADERS[kind]()
