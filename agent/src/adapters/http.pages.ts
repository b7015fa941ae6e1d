import { createHash } from 'node:crypto'
import { AdapterFault } from './adapter.ts'
import type { HttpClient } from './http.client.ts'
import type { HttpConfig, HttpRelation } from './http.config.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

export interface Asked {
  readonly relation: HttpRelation
  /** Value of the parameter for increments, in the service's own form. */
  readonly since: string | null
  readonly signal: AbortSignal
}

/** The list changed while its pages were read: rows may have slipped from one page to another. */
export class Shifted extends Error {}

const wrong = (message: string): AdapterFault => new AdapterFault('misconfigured', message)

const at = (value: unknown, path: readonly string[]): unknown => {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

const LONG_NUMBER = /[\d.]{16,}/

/** Numbers with more digits than a double holds stay as they are written: an identity number must not be rounded. */
const whole = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && (context?.source?.length ?? 0) > 15 ? context?.source : value

const parsed = (text: string, title: string): unknown => {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, whole) : JSON.parse(text)
  } catch (error) {
    throw wrong(`${title}不是完整的 JSON(${text.length} 字):${(error as Error).message.slice(0, 100)}`)
  }
}

const NEXT = /<([^>]*)>\s*;[^,<]*\brel\s*=\s*"?(?:[\w-]+\s+)*next\b/i

interface Page {
  readonly url: URL
  readonly number: number
}

/** Walks the pages of one list and believes nothing of what the service says about them. */
class PageWalk {
  readonly #client: HttpClient
  readonly #config: HttpConfig
  readonly #asked: Asked
  /** Digests of pages seen, 8 bytes each, with their numbers. */
  readonly #seen = new Map<string, number>()
  readonly #cursors = new Set<string>()
  #total: number | null = null
  #rows = 0

  constructor(client: HttpClient, config: HttpConfig, asked: Asked) {
    this.#client = client
    this.#config = config
    this.#asked = asked
  }

  #first(): URL {
    const { relation, since } = this.#asked
    const url = this.#client.below(relation.path)
    const { paging, size } = relation
    if (size !== null) url.searchParams.set(size.param, String(size.count))
    if (paging.kind === 'page') url.searchParams.set(paging.param, String(paging.first))
    if (paging.kind === 'offset') url.searchParams.set(paging.param, '0')
    if (relation.since !== null && since !== null) url.searchParams.set(relation.since.param, since)
    return url
  }

  /** Pages one after the other; with `isOnly`, the first alone, unchecked against a total. */
  async *pages(isOnly = false): AsyncGenerator<readonly unknown[]> {
    const { signal } = this.#asked
    for (let page: Page | null = { url: this.#first(), number: 1 }; page !== null; ) {
      if (page.number > this.#config.max_pages)
        throw wrong(`已读 ${this.#config.max_pages} 页仍没有读完:接口的分页没有尽头,或请调大 max_pages`)
      const { text, link } = await this.#client.get(page.url, signal)
      const body = parsed(text, this.#title(page))
      const records = this.#recordsOf(body, page)
      this.#look(records, body, page)
      yield records
      if (isOnly) return
      page = this.#next({ body, link, count: records.length }, page)
    }
    if (this.#total !== null && this.#total !== this.#rows)
      throw new Shifted(`“${this.#asked.relation.name}”说共 ${this.#total} 条,逐页读到 ${this.#rows} 条`)
  }

  #title({ number }: Page): string {
    return `“${this.#asked.relation.name}”第 ${number} 页`
  }

  #recordsOf(body: unknown, page: Page): readonly unknown[] {
    const { records } = this.#asked.relation
    const found = at(body, records)
    if (!Array.isArray(found)) throw wrong(`${this.#title(page)}的 ${records.join('.') || '答复'} 不是数组`)
    return found
  }

  /** The same page again is a loop; a total that moves, or is passed by far, is no total. */
  #look(records: readonly unknown[], body: unknown, page: Page): void {
    const { relation } = this.#asked
    this.#rows += records.length
    if (records.length > 0) {
      const digest = createHash('sha256').update(JSON.stringify(records)).digest('base64').slice(0, 12)
      const earlier = this.#seen.get(digest)
      if (earlier !== undefined)
        throw wrong(
          `${this.#title(page)}与第 ${earlier} 页完全相同:接口没有按参数翻页,或翻过末页后又给末页(此时请写明 total)`,
        )
      this.#seen.set(digest, page.number)
    }
    if (relation.total === null) return
    const said = at(body, relation.total)
    const total = Number(said)
    if (said === null || said === '' || !Number.isSafeInteger(total) || total < 0)
      throw wrong(`${this.#title(page)}的 ${relation.total.join('.')} 不是总条数`)
    if (this.#total !== null && this.#total !== total)
      throw new Shifted(`逐页读取“${relation.name}”时总条数由 ${this.#total} 变为 ${total}`)
    this.#total = total
    if (this.#rows > total) throw new Shifted(`“${relation.name}”说共 ${total} 条,却已给出 ${this.#rows} 条`)
  }

  #next(answer: { readonly body: unknown; readonly link: string; readonly count: number }, page: Page): Page | null {
    const { paging, size } = this.#asked.relation
    const { url, number } = page
    const going = (change: (next: URL) => void): Page => {
      const next = new URL(url)
      change(next)
      return { url: next, number: number + 1 }
    }
    if (paging.kind === 'none') return null
    if (paging.kind === 'page' || paging.kind === 'offset') {
      if (answer.count === 0 || (this.#total !== null && this.#rows >= this.#total)) return null
      const value = paging.kind === 'page' ? paging.first + number : this.#rows
      return going((next) => next.searchParams.set(paging.param, String(value)))
    }
    const named =
      paging.kind === 'link' && paging.next === null ? NEXT.exec(answer.link)?.[1] : at(answer.body, paging.next ?? [])
    if (named === undefined || named === null || named === '' || named === false) return null
    const cursor = String(named)
    const isCursor = paging.kind === 'cursor'
    if (this.#cursors.has(cursor))
      throw wrong(`${this.#title(page)}给出的下一页“${cursor.slice(0, 80)}”先前已经给过:分页成了环`)
    this.#cursors.add(cursor)
    if (!isCursor) return { url: this.#client.below(cursor, url), number: number + 1 }
    return going((next) => {
      next.searchParams.set(paging.param, cursor)
      if (size !== null) next.searchParams.set(size.param, String(size.count))
    })
  }
}

export const pagesOf = (client: HttpClient, config: HttpConfig, asked: Asked): AsyncGenerator<readonly unknown[]> =>
  new PageWalk(client, config, asked).pages()

/** The first page alone: to see what records look like. */
export const firstPage = async (client: HttpClient, config: HttpConfig, asked: Asked): Promise<readonly unknown[]> => {
  for await (const records of new PageWalk(client, config, asked).pages(true)) return records
  return []
}

const MAX_DEPTH = 6
const MAX_COLUMNS = 2_000

/** A record with the names of nested fields joined by points (`person.id_no`); lists stay as JSON. Null where it is no record. */
export const flat = (record: unknown, isWanted: (column: string) => boolean): Record<string, unknown> | null => {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null
  const found: Record<string, unknown> = {}
  let count = 0
  const walk = (value: object, prefix: string, depth: number): void => {
    for (const [name, one] of Object.entries(value)) {
      const column = prefix + name
      const isNested = typeof one === 'object' && one !== null && !Array.isArray(one) && depth < MAX_DEPTH
      if (isNested) walk(one, `${column}.`, depth + 1)
      else if (isWanted(column) && ++count <= MAX_COLUMNS) found[column] = one
    }
  }
  walk(record, '', 1)
  return found
}
