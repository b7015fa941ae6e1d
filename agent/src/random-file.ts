import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** A file that is read and written at any place: on this machine, or at an SFTP server. */
export interface RandomFile {
  /** Equal states mean that nobody wrote in between, as far as the system tells. */
  state(): Promise<{ readonly size: number; readonly mtime: string }>
  /** Fills the buffer from `at` on as far as the file goes; returns how far. */
  read(buffer: Buffer, at: number): Promise<number>
  write(bytes: Uint8Array, at: number): Promise<void>
  cut(size: number): Promise<void>
  sync(): Promise<void>
  /** Sets the time of the last change, milliseconds since 1970. */
  date(ms: number): Promise<void>
  close(): Promise<void>
}

export const readFull = async (file: FileHandle, buffer: Buffer, at: number): Promise<number> => {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

const writeFull = async (file: FileHandle, bytes: Uint8Array, at: number): Promise<void> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

class LocalFile implements RandomFile {
  readonly #file: FileHandle
  constructor(file: FileHandle) {
    this.#file = file
  }
  async state() {
    const { size, mtimeNs } = await this.#file.stat({ bigint: true })
    return { size: Number(size), mtime: String(mtimeNs) }
  }
  read(buffer: Buffer, at: number): Promise<number> {
    return readFull(this.#file, buffer, at)
  }
  write(bytes: Uint8Array, at: number): Promise<void> {
    return writeFull(this.#file, bytes, at)
  }
  cut(size: number): Promise<void> {
    return this.#file.truncate(size)
  }
  sync(): Promise<void> {
    return this.#file.datasync()
  }
  date(ms: number): Promise<void> {
    return this.#file.utimes(ms / 1000, ms / 1000)
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}

/** A link as the last name is not followed. */
export const openLocal = async (path: string, way: 'read' | 'write'): Promise<RandomFile> => {
  const flags = way === 'read' ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT
  return new LocalFile(await open(path, flags | constants.O_NOFOLLOW, 0o640))
}
