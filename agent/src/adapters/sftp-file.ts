import { promisify } from 'node:util'
import type { SFTPWrapper, Stats } from 'ssh2'
import type { RandomFile } from '../random-file.ts'

/** One request; servers refuse longer ones, and several are under way at once. */
const PIECE = 32_768
const UNDER_WAY = 32
const AT_END = 1

/** Servers other than OpenSSH have no such request; their own writing must then do. */
export const syncHandle = (sftp: SFTPWrapper, handle: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    try {
      sftp.ext_openssh_fsync(handle, (error) => (error ? reject(error) : resolve()))
    } catch {
      resolve()
    }
  })

/** Does the same with every piece of a length, several at a time. */
const inPieces = async (length: number, work: (from: number, bytes: number) => Promise<void>): Promise<void> => {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < length) {
      const from = next
      next += PIECE
      await work(from, Math.min(PIECE, length - from))
    }
  }
  await Promise.all(Array.from({ length: UNDER_WAY }, lane))
}

/** A file at an SFTP server, read and written at any place. */
export class SftpFile implements RandomFile {
  readonly #sftp: SFTPWrapper
  readonly #handle: Buffer
  private constructor(sftp: SFTPWrapper, handle: Buffer) {
    this.#sftp = sftp
    this.#handle = handle
  }

  static async open(sftp: SFTPWrapper, path: string, way: 'read' | 'write'): Promise<SftpFile> {
    const opened = promisify(
      sftp.open.bind(sftp) as (p: string, f: string, cb: (e: Error | undefined, h: Buffer) => void) => void,
    )
    if (way === 'read') return new SftpFile(sftp, await opened(path, 'r'))
    // There is no word for “open for both, make it when absent, keep what is there”.
    const there = await opened(path, 'r+').catch(() => null)
    if (there !== null) return new SftpFile(sftp, there)
    await promisify(sftp.close.bind(sftp))(await opened(path, 'wx'))
    return new SftpFile(sftp, await opened(path, 'r+'))
  }

  async state() {
    const { size, mtime }: Stats = await promisify(this.#sftp.fstat.bind(this.#sftp))(this.#handle)
    return { size, mtime: String(mtime) }
  }

  /** One piece; a server may give less than asked for, and at the end says so. */
  #readPiece(buffer: Buffer, from: number, { length, at }: { length: number; at: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#sftp.read(this.#handle, buffer, from, length, at, (error, count) => {
        if (error && 'code' in error && error.code === AT_END) resolve(0)
        else if (error) reject(error)
        else resolve(count)
      })
    })
  }

  async read(buffer: Buffer, at: number): Promise<number> {
    let end = buffer.length
    await inPieces(buffer.length, async (from, bytes) => {
      for (let done = 0; done < bytes; ) {
        const count = await this.#readPiece(buffer, from + done, { length: bytes - done, at: at + from + done })
        if (count === 0) {
          end = Math.min(end, from + done)
          return
        }
        done += count
      }
    })
    return end
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const write = promisify(this.#sftp.write.bind(this.#sftp))
    await inPieces(buffer.length, (from, length) => write(this.#handle, buffer, from, length, at + from))
  }

  async cut(size: number): Promise<void> {
    await promisify(this.#sftp.fsetstat.bind(this.#sftp))(this.#handle, { size } as Stats)
  }

  sync(): Promise<void> {
    return syncHandle(this.#sftp, this.#handle)
  }

  async date(ms: number): Promise<void> {
    const seconds = Math.floor(ms / 1000)
    await promisify(this.#sftp.futimes.bind(this.#sftp))(this.#handle, seconds, seconds)
  }

  close(): Promise<void> {
    return promisify(this.#sftp.close.bind(this.#sftp))(this.#handle)
  }
}
