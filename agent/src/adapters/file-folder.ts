import { constants, createReadStream, type Dirent } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { openLocal, type RandomFile } from '../random-file.ts'
import { AdapterFault } from './adapter.ts'
import { safePath } from './file-path.ts'

export interface FileState {
  readonly size: number
  /** Nanoseconds as text where the system has them: compared, never calculated with. */
  readonly mtime: string
  readonly mtime_ms: number
}

export interface FolderEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
}

/** A file being written. `at` bytes are kept, what a process that died wrote behind them is cut off. */
export interface PartFile {
  write(bytes: Uint8Array): Promise<void>
  /** Cuts the file to `size` bytes; writing goes on there. */
  cut(size: number): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

export interface LocalCopy {
  readonly path: string
  done(): Promise<void>
}

/** What is read as tables: files of a root folder, or whatever shows itself as files. */
export interface Readable {
  list(path: string): Promise<readonly FolderEntry[]>
  stat(path: string): Promise<FileState | null>
  /** A path on this machine with the file's bytes, for formats that are read from their end; `done` frees the copy. */
  localCopy(path: string, signal?: AbortSignal): Promise<LocalCopy>
  close(): Promise<void>
}

/** A root folder, local or at an SFTP server. All paths are relative, with `/`, and stay below it. */
export interface Folder extends Readable {
  read(path: string, signal?: AbortSignal): AsyncIterable<Buffer>
  makeFolder(path: string): Promise<void>
  openPart(path: string, at: number): Promise<PartFile>
  rename(from: string, to: string): Promise<void>
  /** As `rename`, but surely on the disk only when `syncFolder` has been asked of the folder. */
  move(from: string, to: string): Promise<void>
  syncFolder(path: string): Promise<void>
  remove(path: string): Promise<void>
  /** What stands there itself: a link is a link, wherever it leads. */
  kindOf(path: string): Promise<FolderEntry['kind'] | null>
  /** A file read and written at any place; for writing it is made when it is not there. */
  open(path: string, way: 'read' | 'write'): Promise<RandomFile>
  /** Removes a folder that is empty; one that is not stays. */
  removeFolder(path: string): Promise<void>
  /** Replaces the file as a whole: readers see the old bytes or the new ones, also after a power cut. */
  replace(path: string, bytes: Uint8Array): Promise<void>
}

const READ_BYTES = 1_048_576

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

const described = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

/** A folder's new names survive a power cut only when the folder itself is synced. */
const syncPath = async (path: string): Promise<void> => {
  const file = await fs.open(path, constants.O_RDONLY)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const localPart = async (path: string, at: number): Promise<PartFile> => {
  const file = await fs.open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o640)
  let end = at
  await file.truncate(at)
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, end)
        done += bytesWritten
        end += bytesWritten
      }
    },
    async cut(size) {
      await file.truncate(size)
      end = size
    },
    sync: () => file.sync(),
    close: () => file.close(),
  }
}

class LocalFolder implements Folder {
  readonly #root: string
  constructor(root: string) {
    this.#root = root
  }

  /** Full path of what is there; links that lead out of the root are refused. */
  async #inside(path: string): Promise<string> {
    const found = await fs.realpath(path === '' ? this.#root : join(this.#root, safePath(path)))
    if (found !== this.#root && !found.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep))
      throw new AdapterFault('not_allowed', `“${path}”经链接指向根目录之外，已拒绝`)
    return found
  }

  /** Full path of what may not be there yet; its folder is. */
  async #place(path: string): Promise<string> {
    const parent = dirname(safePath(path))
    return join(await this.#inside(parent === '.' ? '' : parent), path.slice(path.lastIndexOf('/') + 1))
  }

  async #kindOf(path: string, entry: Dirent): Promise<FolderEntry['kind']> {
    if (entry.isFile()) return 'file'
    if (entry.isDirectory()) return 'folder'
    // A link is what it leads to, as long as that stands below the root.
    const found = await this.#inside(path === '' ? entry.name : `${path}/${entry.name}`).catch(() => null)
    const state = found === null ? null : await fs.stat(found).catch(() => null)
    return state?.isFile() ? 'file' : 'other'
  }

  async list(path: string): Promise<readonly FolderEntry[]> {
    try {
      const entries = await fs.readdir(await this.#inside(path), { withFileTypes: true })
      return await Promise.all(
        entries.map(async (entry) => ({ name: entry.name, kind: await this.#kindOf(path, entry) })),
      )
    } catch (error) {
      if (isMissing(error)) return []
      if (error instanceof AdapterFault) throw error
      throw new AdapterFault('denied', `读不了文件夹“${path}”：${described(error)}`, { cause: error })
    }
  }

  async stat(path: string): Promise<FileState | null> {
    try {
      const state = await fs.stat(await this.#inside(path), { bigint: true })
      if (!state.isFile()) return null
      return { size: Number(state.size), mtime: String(state.mtimeNs), mtime_ms: Number(state.mtimeMs) }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async *read(path: string, signal?: AbortSignal): AsyncIterable<Buffer> {
    const fd = await fs.open(await this.#inside(path), constants.O_RDONLY | constants.O_NOFOLLOW)
    yield* createReadStream('', { fd, highWaterMark: READ_BYTES, ...(signal ? { signal } : {}) })
  }

  async localCopy(path: string): Promise<LocalCopy> {
    return { path: await this.#inside(path), done: async () => undefined }
  }

  async makeFolder(path: string): Promise<void> {
    let made = ''
    for (const name of safePath(path).split('/')) {
      made = made === '' ? name : `${made}/${name}`
      await fs.mkdir(await this.#place(made), { mode: 0o750 }).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      })
    }
  }

  async openPart(path: string, at: number): Promise<PartFile> {
    return localPart(await this.#place(path), at)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.move(from, to)
    await syncPath(dirname(await this.#place(to)))
  }

  async move(from: string, to: string): Promise<void> {
    await fs.rename(await this.#place(from), await this.#place(to))
  }

  async syncFolder(path: string): Promise<void> {
    await syncPath(await this.#inside(path))
  }

  async remove(path: string): Promise<void> {
    const full = await this.#place(path).catch(() => null)
    if (full !== null) await fs.rm(full, { force: true })
  }

  async kindOf(path: string): Promise<FolderEntry['kind'] | null> {
    try {
      const state = await fs.lstat(await this.#place(path))
      return state.isFile() ? 'file' : state.isDirectory() ? 'folder' : 'other'
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async open(path: string, way: 'read' | 'write'): Promise<RandomFile> {
    return openLocal(way === 'read' ? await this.#inside(path) : await this.#place(path), way)
  }

  async removeFolder(path: string): Promise<void> {
    await fs.rmdir(await this.#place(path)).catch(() => undefined)
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const full = await this.#place(path)
    await fs.writeFile(`${full}.new`, bytes, { flush: true, mode: 0o640 })
    await fs.rename(`${full}.new`, full)
    await syncPath(dirname(full))
  }

  async close(): Promise<void> {}
}

export const openLocalFolder = async (root: string): Promise<Folder> => {
  try {
    return new LocalFolder(await fs.realpath(root))
  } catch (cause) {
    throw new AdapterFault('unreachable', `打不开根目录 ${root}：${described(cause)}`, { cause })
  }
}
