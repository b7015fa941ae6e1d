import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'

const MIB = 2 ** 20
const CAP_SYS_ADMIN = 21n

const effective = (): bigint =>
  BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0}`)

/** Whether a small file system may be mounted here: as root, also in most containers with that right. */
export const mayMount: boolean = process.platform === 'linux' && ((effective() >> CAP_SYS_ADMIN) & 1n) === 1n

const call = (program: string, ...args: string[]): void => {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

/** A folder that is a file system of its own (tmpfs), so that it can be filled to its last byte and nothing else with it. */
export class Disk {
  readonly dir: string

  private constructor(dir: string) {
    this.dir = dir
  }

  /** Null where none may be mounted. */
  static mount(dir: string, mib: number): Disk | null {
    if (!mayMount) return null
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    call('mount', '-t', 'tmpfs', '-o', `size=${mib}m,mode=0700`, 'sanjiang-drill', dir)
    return new Disk(dir)
  }

  get #ballast(): string {
    return join(this.dir, 'ballast')
  }

  /** Until not one byte more goes in. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a')
    try {
      for (let piece = Buffer.alloc(MIB); piece.length > 0; ) {
        const written = await file.write(piece).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOSPC') return null
          throw error
        })
        if (written === null || written.bytesWritten < piece.length) piece = piece.subarray(0, piece.length >> 1)
      }
    } finally {
      await file.close()
    }
  }

  /** Whoever else writes there may also have made room: not so much as to go on. */
  async hasRoom(): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.dir)
    return bavail * bsize >= MIB
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true })
  }

  /** Behind whoever still holds a file open there. */
  unmount(): void {
    call('umount', '--lazy', this.dir)
  }
}
