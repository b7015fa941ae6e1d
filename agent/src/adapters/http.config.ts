import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AdapterFault } from './adapter.ts'

type Given = Readonly<Record<string, unknown>>

/** How a service hands out more than fits into one answer. */
export type Paging =
  | { readonly kind: 'none' }
  | { readonly kind: 'page'; readonly param: string; readonly first: number }
  | { readonly kind: 'offset'; readonly param: string }
  | { readonly kind: 'cursor'; readonly param: string; readonly next: readonly string[] }
  | { readonly kind: 'link'; readonly next: readonly string[] | null }

export const SINCE_FORMATS = ['text', 'iso', 'epoch_s', 'epoch_ms'] as const

/** One list that the service offers, as the department describes it in its agent's file. */
export interface HttpRelation {
  readonly name: string
  readonly path: string
  /** Where in an answer the records stand; empty: the answer itself is the list. */
  readonly records: readonly string[]
  /** Where an answer says how many records there are in all. */
  readonly total: readonly string[] | null
  readonly paging: Paging
  readonly size: { readonly param: string; readonly count: number } | null
  readonly since: { readonly param: string; readonly format: (typeof SINCE_FORMATS)[number] } | null
}

export interface HttpConfig {
  readonly base: URL
  readonly headers: Readonly<Record<string, string>>
  readonly ca: string | null
  readonly timeout_ms: number
  readonly retries: number
  readonly per_second: number
  readonly max_page_bytes: number
  readonly max_pages: number
  readonly poll_seconds: number
  readonly reuse_seconds: number
  readonly lag_seconds: number
  readonly lag_numbers: number
  readonly state_dir: string
  readonly relations: ReadonlyMap<string, HttpRelation>
}

/** Settings of a relation (`人员.path = …`); those but `path` may also stand once for all. */
const OF_RELATION = [
  'path',
  'records',
  'total',
  'paging',
  'page_param',
  'first_page',
  'size_param',
  'page_size',
  'cursor_param',
  'next',
  'since_param',
  'since_format',
]
const OF_CONNECTION = [
  'base_url',
  'token',
  'auth_header',
  'auth_prefix',
  'user',
  'password',
  'ca',
  'timeout_seconds',
  'retries',
  'requests_per_second',
  'max_page_mib',
  'max_pages',
  'poll_seconds',
  'reuse_seconds',
  'lag_seconds',
  'lag_numbers',
  'state_dir',
]

const wrong = (message: string): AdapterFault => new AdapterFault('misconfigured', message)

const textOf = (given: Given, name: string): string | null => {
  const value = given[name]
  return value === undefined || value === null || String(value).trim() === '' ? null : String(value).trim()
}

interface Bounds {
  readonly fallback: number
  readonly least: number
  readonly most: number
}

const numberOf = (given: Given, name: string, { fallback, least, most }: Bounds): number => {
  const value = Number(textOf(given, name) ?? fallback)
  if (!(value >= least && value <= most)) throw wrong(`${name} 应为 ${least}–${most} 的数`)
  return value
}

const pathOf = (text: string | null): readonly string[] =>
  text === null || text === '$' ? [] : text.replace(/^\$\./, '').split('.')

const baseOf = (given: Given): URL => {
  const text = textOf(given, 'base_url')
  if (text === null || !URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw wrong('base_url 应为接口的地址,如 https://10.1.2.3/api')
  const base = new URL(text)
  if (base.username !== '' || base.password !== '') throw wrong('口令不写在 base_url 里:请写 user 与 password_file')
  return base
}

const headersOf = (given: Given): Record<string, string> => {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'sanjiang-agent' }
  for (const name of Object.keys(given))
    if (name.startsWith('header.')) headers[name.slice(7).toLowerCase()] = textOf(given, name) ?? ''
  const [token, user] = [textOf(given, 'token'), textOf(given, 'user')]
  const header = (textOf(given, 'auth_header') ?? 'authorization').toLowerCase()
  const prefix = textOf(given, 'auth_prefix') ?? (header === 'authorization' ? 'Bearer' : '')
  if (token !== null) headers[header] = prefix === '' ? token : `${prefix} ${token}`
  else if (user !== null)
    headers.authorization = `Basic ${Buffer.from(`${user}:${textOf(given, 'password') ?? ''}`).toString('base64')}`
  return headers
}

const pagingOf = (of: Given, name: string): Paging => {
  const kind = textOf(of, 'paging') ?? 'none'
  const next = textOf(of, 'next')
  const param = textOf(of, 'page_param')
  if (kind === 'none') return { kind }
  if (kind === 'page')
    return { kind, param: param ?? 'page', first: numberOf(of, 'first_page', { fallback: 1, least: 0, most: 1 }) }
  if (kind === 'offset') return { kind, param: param ?? 'offset' }
  if (kind === 'link') return { kind, next: next === null ? null : pathOf(next) }
  if (kind !== 'cursor') throw wrong(`${name}.paging 应为 none、page、offset、cursor、link 之一`)
  if (next === null) throw wrong(`${name}.paging = cursor 时要写 next:答复里下一页游标的位置,如 data.next`)
  return { kind, param: textOf(of, 'cursor_param') ?? 'cursor', next: pathOf(next) }
}

const sinceOf = (of: Given, name: string): HttpRelation['since'] => {
  const param = textOf(of, 'since_param')
  const format = textOf(of, 'since_format') ?? 'text'
  if (!(SINCE_FORMATS as readonly string[]).includes(format))
    throw wrong(`${name}.since_format 应为 ${SINCE_FORMATS.join('、')} 之一`)
  return param === null ? null : { param, format: format as (typeof SINCE_FORMATS)[number] }
}

const relationOf = (name: string, of: Given): HttpRelation => {
  const path = textOf(of, 'path')
  if (path === null || !path.startsWith('/') || path.includes('//') || path.split(/[/?]/).includes('..'))
    throw wrong(`${name}.path 应为 base_url 之下的路径,如 /companies`)
  const paging = pagingOf(of, name)
  const count = numberOf(of, 'page_size', { fallback: 500, least: 1, most: 100_000 })
  const total = textOf(of, 'total')
  return {
    name,
    path,
    records: pathOf(textOf(of, 'records')),
    total: total === null ? null : pathOf(total),
    paging,
    size: paging.kind === 'none' ? null : { param: textOf(of, 'size_param') ?? 'size', count },
    since: sinceOf(of, name),
  }
}

/** A relation is also the name of a file in the agent's state. */
const NAME = /^[\p{L}\p{N}_-]{1,64}$/u

const relationsOf = (given: Given): Map<string, HttpRelation> => {
  const found = new Map<string, Record<string, unknown>>()
  for (const [setting, value] of Object.entries(given)) {
    const dot = setting.lastIndexOf('.')
    const [relation, name] = [setting.slice(0, Math.max(0, dot)), setting.slice(dot + 1)]
    if (relation === 'header') continue
    const isKnown = dot === -1 ? [...OF_CONNECTION, ...OF_RELATION.slice(1)] : OF_RELATION
    if (!isKnown.includes(name)) throw wrong(`没有“${setting}”这个设置;可用:${isKnown.join('、')}`)
    if (dot === -1) continue
    if (!NAME.test(relation)) throw wrong(`“${relation}”不能作为接口表的名称:只用文字、数字、_ 与 -`)
    found.set(relation, { ...found.get(relation), [name]: value })
  }
  return new Map([...found].map(([name, own]) => [name, relationOf(name, { ...given, ...own })]))
}

const stateDirOf = (given: Given, base: URL): string => {
  const root = textOf(given, 'state_dir') ?? join(tmpdir(), `sanjiang-http-${process.getuid?.() ?? 0}`)
  const dir = join(root, `http-${createHash('sha256').update(base.href).digest('hex').slice(0, 16)}`)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  return dir
}

const caOf = (given: Given): string | null => {
  const file = textOf(given, 'ca')
  if (file === null) return null
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw wrong(`不能读取 ca 文件 ${file}(${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Everything an `http` connection says; what is not understood is told, not passed over. */
export const readConfig = (given: Given): HttpConfig => {
  const base = baseOf(given)
  const seconds = { least: 0, most: 86_400 }
  return {
    base,
    headers: headersOf(given),
    ca: caOf(given),
    timeout_ms: 1000 * numberOf(given, 'timeout_seconds', { fallback: 30, least: 0.1, most: 3600 }),
    retries: numberOf(given, 'retries', { fallback: 4, least: 0, most: 20 }),
    per_second: numberOf(given, 'requests_per_second', { fallback: 10, least: 0.01, most: 10_000 }),
    max_page_bytes: 2 ** 20 * numberOf(given, 'max_page_mib', { fallback: 16, least: 1, most: 256 }),
    max_pages: numberOf(given, 'max_pages', { fallback: 100_000, least: 1, most: 100_000_000 }),
    poll_seconds: numberOf(given, 'poll_seconds', { fallback: 300, ...seconds }),
    reuse_seconds: numberOf(given, 'reuse_seconds', { fallback: 30, ...seconds }),
    lag_seconds: numberOf(given, 'lag_seconds', { fallback: 5, ...seconds }),
    lag_numbers: numberOf(given, 'lag_numbers', { fallback: 1000, least: 0, most: 1e9 }),
    state_dir: stateDirOf(given, base),
    relations: relationsOf(given),
  }
}
