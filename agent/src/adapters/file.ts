import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILES_RELATION, isFilesRelation } from '@sanjiang/contract/exchange.terms'
import { type Adapter, AdapterFault, type AllowList, type Target } from './adapter.ts'
import { type Folder, openLocalFolder } from './file-folder.ts'
import { FileLoad } from './file-load.ts'
import { patternOf, safePath } from './file-path.ts'
import { FileSource } from './file-source.ts'
import type { DeliveredFormat } from './file-write.ts'
import { EitherSource } from './files-either.ts'
import { FilesLoad } from './files-load.ts'
import { isPlaced, PlacedSource } from './files-placed.ts'
import { FilesSource } from './files-source.ts'
import { openSftpFolder, sftpSettings } from './sftp-folder.ts'

type Config = Readonly<Record<string, unknown>>

const DEFAULT_SECONDS = 5

const textOf = (config: Config, name: string): string | null => {
  const value = config[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

const secondsOf = (config: Config, name: string): number => {
  const value = Number(config[name] ?? DEFAULT_SECONDS)
  if (!(value >= 0 && value <= 86_400)) throw new AdapterFault('misconfigured', `${name} 应为 0–86400 秒`)
  return value
}

const isYes = (value: unknown): boolean => value === true || /^(?:yes|true|1|是)$/i.test(String(value ?? ''))

const rootOf = (config: Config): string => {
  const root = textOf(config, 'root')
  if (root === null || !root.startsWith('/'))
    throw new AdapterFault('misconfigured', 'root 应为绝对路径，如 /data/share')
  return root
}

const openFolder = (config: Config): Promise<Folder> =>
  textOf(config, 'host') === null
    ? openLocalFolder(rootOf(config))
    : openSftpFolder(sftpSettings(config, rootOf(config)), stateDirOf(config))

/** Sorted copies of what was read; they belong to the department, so only the agent may read them. */
const stateDirOf = (config: Config): string => {
  const given = textOf(config, 'state_dir') ?? join(tmpdir(), `sanjiang-files-${process.getuid?.() ?? 0}`)
  const id = createHash('sha256')
    .update(`${config.host ?? ''}\n${config.port ?? ''}\n${rootOf(config)}`)
    .digest('hex')
  const dir = join(given, id.slice(0, 16))
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  return dir
}

/** `out/person`, or `out/*` for every folder directly or further below. */
const mayWrite = (allow: AllowList, path: string): boolean =>
  allow.write.some((one) => one === path || (one.endsWith('/*') && path.startsWith(one.slice(0, -1))) || one === '*')

const deliveredSource = (folder: Folder, config: Config, allow: AllowList): FileSource =>
  new FileSource({
    folder,
    allowed: (relation) => (mayWrite(allow, relation) ? '*' : undefined),
    relations: allow.write.filter((one) => !one.includes('*')),
    patternFor: (relation) => `${safePath(relation)}/*`,
    settling: { settle_seconds: 0, done_marker: false },
    poll_seconds: secondsOf(config, 'poll_seconds'),
    state_dir: stateDirOf(config),
    is_delivered: true,
  })

/** Folders, local or over SFTP: CSV, XLSX and JSON lines as tables. */
export const fileAdapter: Adapter = {
  kind: 'file',
  async openSource(config, allow) {
    for (const relation of Object.keys(allow.read))
      patternOf(isFilesRelation(relation) ? relation.slice(FILES_RELATION.length) : relation)
    const reading = {
      folder: await openFolder(config),
      allowed: (relation: string) => (Object.hasOwn(allow.read, relation) ? allow.read[relation] : undefined),
      settling: { settle_seconds: secondsOf(config, 'settle_seconds'), done_marker: isYes(config.done_marker) },
      poll_seconds: secondsOf(config, 'poll_seconds'),
      state_dir: stateDirOf(config),
    }
    const names = Object.keys(allow.read)
    return new EitherSource({
      tables: new FileSource({
        ...reading,
        relations: names.filter((name) => !isFilesRelation(name)),
        patternFor: (relation) => relation,
        is_delivered: false,
      }),
      files: new FilesSource({ ...reading, relations: names.filter(isFilesRelation) }),
      isFiles: async ({ relation }) => isFilesRelation(relation),
    })
  },
  async openTarget(config, allow): Promise<Target> {
    const folder = await openFolder(config)
    return {
      async load(subscription_id, table) {
        const path = safePath(table.table)
        if (!mayWrite(allow, path)) throw new AdapterFault('not_allowed', `本地允许清单不许写入“${path}”`)
        if (table.files) return new FilesLoad({ folder, path, subscription_id, table, files: table.files })
        const format = (table.format ?? textOf(config, 'format') ?? 'csv') as DeliveredFormat
        const has_mark = config.bom === undefined || isYes(config.bom)
        return new FileLoad({ folder, path, subscription_id, table, format, has_mark })
      },
      source: new EitherSource({
        tables: deliveredSource(folder, config, allow),
        files: new PlacedSource({ folder, mayRead: (relation) => mayWrite(allow, relation) }),
        isFiles: ({ relation }) => isPlaced(folder, relation),
      }),
      close: () => folder.close(),
    }
  },
}
