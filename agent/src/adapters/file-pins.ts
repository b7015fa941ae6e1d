import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const pinName = (slot: string): string => `pin-${createHash('sha256').update(slot).digest('hex').slice(0, 24)}`

/** What change streams still need of a folder's manifests, through restarts of the agent. */
export class Pins {
  readonly #dir: string
  constructor(dir: string) {
    this.#dir = dir
  }

  pin(slot: string, position: string): void {
    const path = join(this.#dir, pinName(slot))
    writeFileSync(`${path}.new`, position, { flush: true, mode: 0o600 })
    renameSync(`${path}.new`, path)
  }

  oldest(): string | null {
    const pins = readdirSync(this.#dir).filter((name) => /^pin-\w+$/.test(name))
    return pins.map((name) => readFileSync(join(this.#dir, name), 'utf8')).sort()[0] ?? null
  }
}

/** Ends what is kept for a change stream, whatever relation it read. */
export const unpin = (stateDir: string, slot: string): void => {
  for (const entry of readdirSync(stateDir, { withFileTypes: true }))
    if (entry.isDirectory()) rmSync(join(stateDir, entry.name, pinName(slot)), { force: true })
}
