import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { CATALOG_FEED, FeedPage, type FeedRow, ResourceDraft } from '@sanjiang/contract/catalog'
import { EMPTY_CONTENT_DIGEST, signPull } from '@sanjiang/seal'
import { nodeKey } from '#kernel/keys.ts'
import { bodyValidator } from '#kernel/validate.ts'
import { SourceFailure } from './failure.ts'
import type { SourceHttp } from './http.ts'
import { excerptOf, type Place, type Reader, type ReadPage, type Sourced } from './portrait.ts'
import { parseJsonText } from './text.ts'

const isFeedPage = bodyValidator(FeedPage)
const isDraft = bodyValidator(ResourceDraft)

const faultOf = (check: typeof isDraft, value: unknown): { readonly path: string; readonly message: string } | null => {
  if (check(value)) return null
  const [first] = check.errors ?? []
  return { path: first?.instancePath ?? '', message: first?.message ?? '' }
}

// PKCS#8 of an Ed25519 seed (RFC 8410): the fixed head, then the 32 bytes.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface NodeIdentity {
  readonly key_id: string
  /** SPKI, base64: what the other node registers. */
  readonly public_key: string
  readonly private: KeyObject
}

/** What this node shows of itself when it asks another: one key, made at first use, never in the database. */
export const nodeIdentity = (dataDir: string): NodeIdentity => {
  const der = Buffer.concat([PKCS8_HEAD, nodeKey(dataDir, 'harvest')])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    key_id: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    public_key: spki.toString('base64'),
    private: key,
  }
}

const signer =
  (identity: NodeIdentity) =>
  (path: string, query: string): Record<string, string> => {
    const said = { method: 'GET', path, query, digest: EMPTY_CONTENT_DIGEST, counter: Date.now() }
    const params = { created: Math.floor(Date.now() / 1000), key_id: identity.key_id }
    return signPull(said, params, (text) => sign(null, Buffer.from(text), identity.private).toString('base64'))
  }

const failed = (row: FeedRow, pointer: string, message: string): Sourced => ({
  kind: 'failed',
  key: row.resource_id,
  title: String((row.content as { name?: unknown } | null)?.name ?? '').slice(0, 200),
  pointer,
  message,
  excerpt: excerptOf(JSON.stringify(row)),
  mentioned: [],
})

const DRAFT_KEYS = new Set(Object.keys(ResourceDraft.properties))
const ITEM_KEYS = new Set(Object.keys(ResourceDraft.properties.items.items.properties))

const only = (from: Record<string, unknown>, keys: ReadonlySet<string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.has(key)))

/** What is no object stays as it is, for the schema to name it in its place. */
const itemOf = (one: unknown): unknown =>
  typeof one === 'object' && one !== null ? { ...only(one as Record<string, unknown>, ITEM_KEYS), item_id: null } : one

/** Content as a draft of ours: identities of the other node's items and organs mean nothing here, nor does its dialect. */
const draftOf = (content: Record<string, unknown>): unknown => {
  const { provider_organ_id: _, extension: __, items, ...rest } = content
  const list = Array.isArray(items) ? items : []
  return {
    ...only(rest, DRAFT_KEYS),
    related_codes: [],
    items: list.map(itemOf),
  }
}

const readRow = (row: FeedRow, pointer: string): Sourced => {
  if (row.is_gone) return { kind: 'gone', key: row.resource_id }
  if (typeof row.content !== 'object' || row.content === null) return failed(row, `${pointer}/content`, '条目没有内容')
  const draft = draftOf(row.content as Record<string, unknown>)
  const fault = faultOf(isDraft, draft)
  if (fault) return failed(row, `${pointer}/content${fault.path}`, fault.message)
  const said = draft as ResourceDraft
  return {
    kind: 'record',
    pointer,
    original: row,
    portrait: {
      key: row.resource_id,
      title: said.name ?? '',
      summary: said.summary ?? '',
      publisher: row.provider_name
        ? { key: row.provider_code ?? row.provider_name, name: row.provider_name, code: row.provider_code }
        : null,
      keywords: said.keywords ?? [],
      issued_on: row.published_on,
      update_cycle: said.update_cycle ?? null,
      formats: [],
      items: said.items ?? [],
      url: null,
      draft: said,
    },
  }
}

/** Another node's published catalogue, in the order of its changes, every question signed with this node's key. */
export class SanjiangReader implements Reader {
  readonly first: Place = { after: '', no: 1 }
  readonly #http: SourceHttp
  readonly #url: string
  readonly #options: { readonly identity: NodeIdentity; readonly etag: string | null; readonly limit: number }

  constructor(
    http: SourceHttp,
    url: string,
    options: { readonly identity: NodeIdentity; readonly etag: string | null; readonly limit?: number },
  ) {
    this.#http = http
    this.#url = url.replace(/\/+$/, '')
    this.#options = { ...options, limit: options.limit ?? CATALOG_FEED.limit }
  }

  async read({ after, no }: Place): Promise<ReadPage> {
    const { identity, etag, limit } = this.#options
    const from = after === '' ? '' : `&after=${encodeURIComponent(String(after))}`
    const url = `${this.#url}${CATALOG_FEED.path}?limit=${limit}${from}`
    const ask = { accept: 'application/json', etag: after === '' ? etag : null, headers: signer(identity) }
    const got = await this.#http.get(url, ask)
    const place = `第 ${no} 页`
    if (got.status === 304) return { place, items: [], total: null, next: null, notes: got.notes, isUnchanged: true }
    const body = parseJsonText(got.text)
    const fault = faultOf(isFeedPage, body)
    if (fault)
      throw new SourceFailure('bad', `回答不是三江节点的目录：${fault.path} ${fault.message}`, { pointer: fault.path })
    const page = body as FeedPage
    return {
      place,
      items: page.rows.map((row, index) => readRow(row, `${place} /rows/${index}`)),
      total: page.total,
      next: page.next === null || page.next === after ? null : { after: page.next, no: Number(no) + 1 },
      notes: got.notes,
      etag: after === '' ? got.etag : undefined,
    }
  }
}
