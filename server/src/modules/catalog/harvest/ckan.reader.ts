import { isObject, readPackage } from './ckan.rules.ts'
import { SourceFailure } from './failure.ts'
import type { Got, SourceHttp } from './http.ts'
import type { Place, Reader, ReadPage, Sourced } from './portrait.ts'
import { mentionsIn, parseJsonText } from './text.ts'

const ROWS = 100
const SHOWN = 25
/** When so many in a row cannot be read, the source is broken and not the records. */
const GIVE_UP_AFTER = 100

interface Range {
  readonly start: number
  readonly rows: number
}

interface Found {
  readonly items: readonly Sourced[]
  readonly total: number | null
  readonly notes: readonly string[]
}

const ASK = { accept: 'application/json' }

const assertSuccess = (got: Got): unknown => {
  const body = parseJsonText(got.text)
  if (!isObject(body) || body.success !== true || body.result === undefined)
    throw new SourceFailure('bad', '回答不是 CKAN 的成功回答（success: true）', {
      pointer: '/success',
      excerpt: got.text.slice(0, 300),
      text: got.text,
    })
  return body.result
}

/** CKAN's Action API: `package_search` page by page; where that is not offered, `package_list` and one `package_show` each. */
export class CkanReader implements Reader {
  readonly first: Place = { mode: 'search', start: 0, total: null }
  readonly #http: SourceHttp
  readonly #site: string
  readonly #rows: number
  #failedInARow = 0
  #names: readonly string[] | undefined

  constructor(http: SourceHttp, url: string, rows = ROWS) {
    this.#http = http
    this.#site = url.replace(/\/+$/, '').replace(/\/api(\/3(\/action)?)?$/, '')
    this.#rows = rows
  }

  async read(place: Place): Promise<ReadPage> {
    if (place.mode === 'list') return this.#readListed(place)
    try {
      return await this.#readSearched(place)
    } catch (error) {
      const isOffered = !(error instanceof SourceFailure && error.kind === 'absent')
      if (isOffered || place.start !== 0) throw error
      const page = await this.#readListed({ mode: 'list', after: '' })
      return { ...page, notes: ['对方没有 package_search，改用 package_list 与 package_show', ...page.notes] }
    }
  }

  async #readSearched(place: Place): Promise<ReadPage> {
    const start = Number(place.start)
    const found = await this.#range({ start, rows: this.#rows })
    const total = found.total ?? (place.total === null ? null : Number(place.total))
    if (total === null) throw new SourceFailure('away', '没有一页能读出总数')
    const end = start + Math.min(this.#rows, Math.max(found.items.length, 1))
    return {
      ...found,
      place: `第 ${start + 1}–${start + found.items.length} 条`,
      total,
      next: found.items.length > 0 && end < total ? { mode: 'search', start: end, total } : null,
    }
  }

  /** A page that cannot be used is asked for again in halves, until what spoils it stands alone and is named. */
  async #range(range: Range): Promise<Found> {
    try {
      const found = await this.#ask(range)
      this.#failedInARow = 0
      return found
    } catch (error) {
      if (!(error instanceof SourceFailure) || error.kind !== 'bad') throw error
      if (range.rows === 1) return { items: [this.#failed(range.start, error)], total: null, notes: [] }
      const half = Math.ceil(range.rows / 2)
      const left = await this.#range({ start: range.start, rows: half })
      const end = left.total ?? Number.POSITIVE_INFINITY
      const rest = { start: range.start + half, rows: range.rows - half }
      const right = rest.start < end ? await this.#range(rest) : { items: [], total: null, notes: [] }
      const note =
        range.rows === this.#rows ? [`第 ${range.start + 1}–${range.start + range.rows} 条整页读不出，已逐段缩小`] : []
      return {
        items: [...left.items, ...right.items],
        total: right.total ?? left.total,
        notes: [...note, ...left.notes, ...right.notes],
      }
    }
  }

  #failed(start: number, { message, pointer, excerpt, text }: SourceFailure): Sourced {
    this.#failedInARow += 1
    if (this.#failedInARow >= GIVE_UP_AFTER)
      throw new SourceFailure('away', `到第 ${start + 1} 条为止连续 ${GIVE_UP_AFTER} 条读不出：${message}`)
    const title = `第 ${start + 1} 条`
    return {
      kind: 'failed',
      key: null,
      title,
      pointer: `${title} ${pointer}`.trim(),
      message,
      excerpt,
      mentioned: mentionsIn(text),
    }
  }

  async #ask({ start, rows }: Range): Promise<Found> {
    const url = `${this.#site}/api/3/action/package_search?rows=${rows}&start=${start}&sort=id+asc`
    const got = await this.#http.get(url, ASK)
    const result = assertSuccess(got)
    if (!isObject(result) || !Array.isArray(result.results) || !Number.isSafeInteger(result.count))
      throw new SourceFailure('bad', 'package_search 的回答没有 count 与 results', {
        pointer: '/result',
        excerpt: got.text.slice(0, 300),
        text: got.text,
      })
    const items = result.results.map((one, index) =>
      readPackage(one, `第 ${start + index + 1} 条 /result/results/${index}`, this.#site),
    )
    return { items, total: result.count as number, notes: got.notes }
  }

  async #listed(): Promise<readonly string[]> {
    if (this.#names) return this.#names
    const result = assertSuccess(await this.#http.get(`${this.#site}/api/3/action/package_list`, ASK))
    if (!Array.isArray(result) || result.some((one) => typeof one !== 'string'))
      throw new SourceFailure('denied', 'package_list 的回答应为名称数组')
    this.#names = (result as string[]).toSorted()
    return this.#names
  }

  async #readListed({ after }: Place): Promise<ReadPage> {
    const names = await this.#listed()
    const left = names.filter((name) => name > String(after))
    const now = left.slice(0, Math.min(SHOWN, this.#rows))
    const items: Sourced[] = []
    for (const name of now) items.push(await this.#show(name))
    return {
      place: `${now[0] ?? ''} – ${now.at(-1) ?? ''}`,
      items,
      total: names.length,
      next: left.length > now.length ? { mode: 'list', after: now.at(-1)! } : null,
      notes: [],
    }
  }

  async #show(name: string): Promise<Sourced> {
    try {
      const url = `${this.#site}/api/3/action/package_show?id=${encodeURIComponent(name)}`
      const result = assertSuccess(await this.#http.get(url, ASK))
      this.#failedInARow = 0
      return readPackage(result, `${name} /result`, this.#site)
    } catch (error) {
      if (!(error instanceof SourceFailure) || (error.kind !== 'bad' && error.kind !== 'absent')) throw error
      const failed = this.#failed(0, error)
      return { ...failed, title: name, pointer: `${name} ${error.pointer}`.trim() } as Sourced
    }
  }
}
