import { randomInt } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '#kernel/alive.ts'

// Below those the kernel gives to outgoing lines, any of which may come between a look and a listening process, and apart from those
// that the product's own databases choose (kernel/free-port.ts).
const FIRST = 10_000
const COUNT = 5_000

const reserved = new Set<string>()
process.once('exit', () => {
  for (const file of reserved) rmSync(file, { force: true })
})

/** By a file with our pid, until this process ends; one whose process is gone is taken over. */
const reserve = (port: number): boolean => {
  const dir = join(tmpdir(), 'sanjiang-ports')
  const file = join(dir, String(port))
  mkdirSync(dir, { recursive: true })
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    reserved.add(file)
    return true
  } catch {
    try {
      if (!isAlive(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true })
    } catch {
      // Another took it away first.
    }
    return false
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** A TCP port of loopback that nothing listens at and no other test process is given, for a process that is yet to start. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(FIRST, FIRST + COUNT)
    if (reserve(port) && (await isOpen(port))) return port
  }
}
