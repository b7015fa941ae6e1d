import { DOOR, type FileRoles } from '@sanjiang/contract/exchange.door'
import type { TargetTable } from './adapters/adapter.ts'
import { type FetchLink, fetchFile } from './blob.fetch.ts'
import { persist, Refused } from './link.ts'
import type { Standing } from './trouble.ts'

export interface FilesLoading {
  readonly link: FetchLink
  readonly subscriptionId: string
  readonly signal: AbortSignal
  readonly standing: Standing
}

/** What is on its way now, for the page. */
export interface FilesProgress {
  readonly files: number
  readonly bytes: number
  readonly done_bytes: number
}

const NONE: FilesProgress = { files: 0, bytes: 0, done_bytes: 0 }
const TOLD_AT_ONCE = 4096
const GONE = ['not_found', 'chunks_expired']

/** How the content of rows comes to this machine, and how the centre hears that it has. */
export class FilesFetcher {
  readonly #of: FilesLoading
  #progress = NONE
  #arrived = new Set<string>()

  constructor(of: FilesLoading) {
    this.#of = of
  }

  get progress(): FilesProgress | undefined {
    return this.#progress.files === 0 ? undefined : this.#progress
  }

  #add(more: Partial<FilesProgress>): void {
    const { files, bytes, done_bytes } = this.#progress
    this.#progress = {
      files: files + (more.files ?? 0),
      bytes: bytes + (more.bytes ?? 0),
      done_bytes: done_bytes + (more.done_bytes ?? 0),
    }
  }

  /** A line that breaks is waited for, file under way and all; what the centre answers no to is not. */
  #persist<T>(work: () => Promise<T>): Promise<T> {
    const { signal, standing } = this.#of
    const onTrouble = (error: unknown): void => {
      if (error === null) standing.well('centre_away')
      else standing.stuck('platform', 'centre_away', (error as Error).message)
    }
    return persist(work, { signal, onTrouble })
  }

  filesOf(roles: FileRoles): NonNullable<TargetTable['files']> {
    const { link, subscriptionId, signal } = this.#of
    const fetching = {
      link,
      subscriptionId,
      signal,
      persist: <T>(work: () => Promise<T>) => this.#persist(work),
      onSize: (bytes: number) => this.#add({ files: 1, bytes }),
      onBytes: (done_bytes: number) => this.#add({ done_bytes }),
    }
    return {
      roles,
      fetch: async (content, place) => {
        await fetchFile(fetching, content, place)
        this.#arrived.add(content)
      },
      arrived: (content) => void this.#arrived.add(content),
      isGone: (error) => error instanceof Refused && GONE.includes(error.code),
    }
  }

  /** Before the target commits: everything fetched is on this machine's disk by now. */
  async tell(): Promise<void> {
    const digests = [...this.#arrived]
    this.#arrived = new Set()
    const path = DOOR.fetched(this.#of.subscriptionId)
    for (let at = 0; at < digests.length; at += TOLD_AT_ONCE) {
      const json = { digests: digests.slice(at, at + TOLD_AT_ONCE) }
      const ask = { method: 'POST', path, json, signal: this.#of.signal } as const
      await this.#persist(() => this.#of.link.ask(ask)).catch((error: unknown) => {
        // Revoked meanwhile: what was fetched before counts, and the centre lets go of it by itself.
        if (!(error instanceof Refused)) throw error
      })
    }
    this.#progress = NONE
  }
}
