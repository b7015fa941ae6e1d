import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { dirname } from 'node:path'

/** A folder's entry is durable only when the folder itself has been synced. */
export const syncFolder = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Nothing more goes onto the disk; somebody will make room. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Replaces a file so that whoever reads it, after whatever crash, finds the old text or the new: never a part. */
export const writeDurably = async (file: string, text: string, mode = 0o600): Promise<void> => {
  const draft = `${file}.new`
  const handle = await open(draft, 'w', mode)
  try {
    await handle.chmod(mode)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
  await syncFolder(dirname(file))
}

export class StateInUse extends Error {
  constructor(dir: string) {
    super(`状态目录 ${dir} 正被另一个 sanjiang-agent 使用`)
    this.name = 'StateInUse'
  }
}

/**
 * Keeps a second agent off the same state. An abstract socket, because the kernel lets go of it however the process
 * ends; a lock file would outlive kill -9.
 */
export const holdState = (dir: string): Promise<{ release: () => Promise<void> }> => {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const name = createHash('sha256').update(realpathSync(dir)).digest('hex').slice(0, 40)
  return new Promise((done, fail) => {
    const server: Server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' ? new StateInUse(dir) : error),
    )
    server.listen(`\0sanjiang-agent-${name}`, () => {
      server.unref()
      done({ release: () => new Promise((closed) => server.close(() => closed())) })
    })
  })
}
