import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import ssh2, { type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2'
import type { RandomFile } from '../random-file.ts'
import { AdapterFault } from './adapter.ts'
import type { FileState, Folder, FolderEntry, LocalCopy, PartFile } from './file-folder.ts'
import { safePath } from './file-path.ts'
import { SftpFile, syncHandle } from './sftp-file.ts'

export interface SftpSettings {
  readonly root: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string | null
  readonly private_key: string | null
  readonly passphrase: string | null
  /** `SHA256:…` as `ssh-keygen -lf` prints it. */
  readonly host_key: string
}

const READY_MS = 20_000
const KEEP_ALIVE_MS = 10_000
const MISSING = 2
const READ_BYTES = 262_144

export const sftpSettings = (config: Readonly<Record<string, unknown>>, root: string): SftpSettings => {
  const text = (name: string): string | null => {
    const value = config[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const username = text('username')
  const host_key = text('host_key')
  if (username === null) throw new AdapterFault('misconfigured', '缺少 username：SFTP 用户名')
  if (host_key === null || !/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(host_key))
    throw new AdapterFault('misconfigured', '缺少 host_key：SFTP 服务器公钥指纹，形如 SHA256:…（ssh-keygen -lf 可得）')
  const password = text('password')
  const private_key = text('private_key')
  if (password === null && private_key === null)
    throw new AdapterFault('misconfigured', '缺少 password_file 或 private_key_file')
  const port = Number(config.port ?? 22)
  return {
    root,
    host: text('host') ?? '',
    port,
    username,
    password,
    private_key,
    passphrase: text('passphrase'),
    host_key,
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === MISSING

/** Logs in; a server with another key than the one written down is not talked to. */
const connect = (settings: SftpSettings): Promise<{ client: ssh2.Client; sftp: SFTPWrapper }> => {
  const wanted = settings.host_key.replace(/=$/, '')
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    let seen = ''
    client.once('ready', () => {
      client.sftp((error, sftp) => (error ? reject(error) : resolve({ client, sftp })))
    })
    client.once('error', (cause) => {
      const isOther = seen !== '' && seen !== wanted
      const why = isOther ? `服务器公钥是 ${seen}，与配置不符` : cause.message
      const isDenied = 'level' in cause && cause.level === 'client-authentication'
      reject(
        new AdapterFault(isDenied || isOther ? 'denied' : 'unreachable', `连不上 SFTP ${settings.host}：${why}`, {
          cause,
        }),
      )
    })
    client.connect({
      host: settings.host,
      port: settings.port,
      username: settings.username,
      ...(settings.password === null ? {} : { password: settings.password }),
      ...(settings.private_key === null ? {} : { privateKey: settings.private_key }),
      ...(settings.passphrase === null ? {} : { passphrase: settings.passphrase }),
      readyTimeout: READY_MS,
      keepaliveInterval: KEEP_ALIVE_MS,
      hostVerifier: (key: Buffer) => {
        seen = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
        return seen === wanted
      },
    })
  })
}

class SftpPart implements PartFile {
  readonly #sftp: SFTPWrapper
  readonly #handle: Buffer
  #end: number
  constructor(sftp: SFTPWrapper, handle: Buffer, end: number) {
    this.#sftp = sftp
    this.#handle = handle
    this.#end = end
  }
  async write(bytes: Uint8Array): Promise<void> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    await promisify(this.#sftp.write.bind(this.#sftp))(this.#handle, buffer, 0, buffer.length, this.#end)
    this.#end += buffer.length
  }
  async cut(size: number): Promise<void> {
    await promisify(this.#sftp.fsetstat.bind(this.#sftp))(this.#handle, { size } as Stats)
    this.#end = size
  }
  sync(): Promise<void> {
    return syncHandle(this.#sftp, this.#handle)
  }
  close(): Promise<void> {
    return promisify(this.#sftp.close.bind(this.#sftp))(this.#handle)
  }
}

class SftpFolder implements Folder {
  readonly #settings: SftpSettings
  readonly #copies: string
  #connected: Promise<{ client: ssh2.Client; sftp: SFTPWrapper; root: string }> | null = null
  #copyNo = 0

  constructor(settings: SftpSettings, copies: string) {
    this.#settings = settings
    this.#copies = copies
  }

  /** One connection, made anew when it was lost. */
  connected(): Promise<{ client: ssh2.Client; sftp: SFTPWrapper; root: string }> {
    this.#connected ??= (async () => {
      const { client, sftp } = await connect(this.#settings)
      client.on('error', () => undefined)
      client.once('close', () => {
        this.#connected = null
      })
      const root = await promisify(sftp.realpath.bind(sftp))(this.#settings.root).catch(() => null)
      if (root !== null) return { client, sftp, root: root === '/' ? '' : root }
      client.end()
      throw new AdapterFault('unreachable', `SFTP 上没有根目录 ${this.#settings.root}`)
    })()
    this.#connected.catch(() => {
      this.#connected = null
    })
    return this.#connected
  }

  /** What the server calls the path; links that lead out of the root are refused. */
  async #inside(path: string): Promise<{ sftp: SFTPWrapper; full: string }> {
    const { sftp, root } = await this.connected()
    const full = await promisify(sftp.realpath.bind(sftp))(path === '' ? root || '/' : `${root}/${safePath(path)}`)
    if (full !== root && !full.startsWith(`${root}/`))
      throw new AdapterFault('not_allowed', `“${path}”经链接指向根目录之外，已拒绝`)
    return { sftp, full }
  }

  async #place(path: string): Promise<{ sftp: SFTPWrapper; full: string }> {
    const cut = safePath(path).lastIndexOf('/')
    const { sftp, full } = await this.#inside(cut === -1 ? '' : path.slice(0, cut))
    return { sftp, full: `${full}/${path.slice(cut + 1)}` }
  }

  async list(path: string): Promise<readonly FolderEntry[]> {
    try {
      const { sftp, full } = await this.#inside(path)
      const entries: FileEntryWithStats[] = await promisify(sftp.readdir.bind(sftp))(full)
      // Links are passed over: what they lead to is asked of the server only when somebody names it.
      return entries
        .filter(({ filename }) => filename !== '.' && filename !== '..')
        .map(({ filename, attrs }) => ({
          name: filename,
          kind: attrs.isFile() ? 'file' : attrs.isDirectory() ? 'folder' : 'other',
        }))
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async stat(path: string): Promise<FileState | null> {
    try {
      const { sftp, full } = await this.#inside(path)
      const state: Stats = await promisify(sftp.stat.bind(sftp))(full)
      if (!state.isFile()) return null
      return { size: state.size, mtime: String(state.mtime), mtime_ms: state.mtime * 1000 }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async *read(path: string, signal?: AbortSignal): AsyncIterable<Buffer> {
    const { sftp, full } = await this.#inside(path)
    const stream = sftp.createReadStream(full, { highWaterMark: READ_BYTES })
    const stop = (): void => void stream.destroy()
    signal?.addEventListener('abort', stop)
    try {
      for await (const piece of stream) yield piece as Buffer
    } finally {
      signal?.removeEventListener('abort', stop)
      stream.destroy()
    }
  }

  async localCopy(path: string): Promise<LocalCopy> {
    const copy = join(this.#copies, `sftp-${process.pid}-${this.#copyNo++}.copy`)
    await pipeline(this.read(path), createWriteStream(copy, { mode: 0o600 }))
    return { path: copy, done: () => rm(copy, { force: true }) }
  }

  async makeFolder(path: string): Promise<void> {
    let made = ''
    for (const name of safePath(path).split('/')) {
      made = made === '' ? name : `${made}/${name}`
      const { sftp, full } = await this.#place(made)
      const isThere = await promisify(sftp.stat.bind(sftp))(full).then(
        () => true,
        () => false,
      )
      if (!isThere) await promisify(sftp.mkdir.bind(sftp))(full)
    }
  }

  async openPart(path: string, at: number): Promise<PartFile> {
    const { sftp, full } = await this.#place(path)
    const opened = promisify(
      sftp.open.bind(sftp) as (p: string, f: string, cb: (e: Error | undefined, h: Buffer) => void) => void,
    )
    const handle = await opened(full, at === 0 ? 'w' : 'r+')
    const part = new SftpPart(sftp, handle, at)
    await part.cut(at)
    return part
  }

  async rename(from: string, to: string): Promise<void> {
    const { sftp, full } = await this.#place(from)
    const target = await this.#place(to)
    await new Promise<void>((resolve, reject) => {
      const done = (error: Error | null | undefined): void => (error ? reject(error) : resolve())
      try {
        sftp.ext_openssh_rename(full, target.full, done)
      } catch {
        sftp.rename(full, target.full, done)
      }
    })
  }

  move(from: string, to: string): Promise<void> {
    return this.rename(from, to)
  }

  /** There is no word for it: the server's own care must do. */
  async syncFolder(): Promise<void> {}

  async remove(path: string): Promise<void> {
    try {
      const { sftp, full } = await this.#place(path)
      await promisify(sftp.unlink.bind(sftp))(full)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  async kindOf(path: string): Promise<FolderEntry['kind'] | null> {
    try {
      const { sftp, full } = await this.#place(path)
      const state: Stats = await promisify(sftp.lstat.bind(sftp))(full)
      return state.isFile() ? 'file' : state.isDirectory() ? 'folder' : 'other'
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async open(path: string, way: 'read' | 'write'): Promise<RandomFile> {
    const { sftp, full } = way === 'read' ? await this.#inside(path) : await this.#place(path)
    return SftpFile.open(sftp, full, way)
  }

  async removeFolder(path: string): Promise<void> {
    const { sftp, full } = await this.#place(path)
    await promisify(sftp.rmdir.bind(sftp))(full).catch(() => undefined)
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const part = await this.openPart(`${path}.new`, 0)
    await part.write(bytes)
    await part.sync()
    await part.close()
    await this.rename(`${path}.new`, path)
  }

  async close(): Promise<void> {
    const connected = await this.#connected?.catch(() => null)
    this.#connected = null
    connected?.client.end()
  }
}

/** A root folder at an SFTP server. `copies`: where files that are read from their end are kept meanwhile. */
export const openSftpFolder = async (settings: SftpSettings, copies: string): Promise<Folder> => {
  const folder = new SftpFolder(settings, copies)
  await folder.connected()
  return folder
}
