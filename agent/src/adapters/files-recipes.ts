import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Looked {
  readonly path: string
  readonly size: number
  readonly mtime: string
}

type Line = readonly [path: string, size: number, mtime: string, content: string]

/** Lines that nothing stands on any more before the file is written anew. */
const SLACK = 10_000

/** What files held when they were last read, so that one that looks the same is not read again. Losing it costs time, nothing else. */
export class Recipes {
  readonly #file: string
  readonly #known = new Map<string, { readonly size: number; readonly mtime: string; readonly content: string }>()
  #lines = 0

  constructor(dir: string) {
    this.#file = join(dir, 'recipes.jsonl')
    for (const text of this.#read().split('\n')) {
      const line = parsed(text)
      if (line === null) continue
      const [path, size, mtime, content] = line
      this.#known.set(path, { size, mtime, content })
      this.#lines++
    }
  }

  #read(): string {
    try {
      return readFileSync(this.#file, 'utf8')
    } catch {
      return ''
    }
  }

  get({ path, size, mtime }: Looked): string | null {
    const known = this.#known.get(path)
    return known !== undefined && known.size === size && known.mtime === mtime ? known.content : null
  }

  put({ path, size, mtime }: Looked, content: string): void {
    if (this.get({ path, size, mtime }) === content) return
    this.#known.set(path, { size, mtime, content })
    // A torn line does not parse and is passed over.
    appendFileSync(this.#file, `\n${JSON.stringify([path, size, mtime, content])}`, { mode: 0o600 })
    this.#lines++
  }

  /** Forgets files that are gone, now and then. */
  keep(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path)
    if (this.#lines < this.#known.size * 2 + SLACK) return
    const lines = [...this.#known].map(([path, { size, mtime, content }]) =>
      JSON.stringify([path, size, mtime, content]),
    )
    writeFileSync(`${this.#file}.new`, lines.join('\n'), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
    this.#lines = lines.length
  }
}

const parsed = (text: string): Line | null => {
  try {
    const line: unknown = JSON.parse(text)
    return Array.isArray(line) && line.length === 4 ? (line as unknown as Line) : null
  } catch {
    return null
  }
}
