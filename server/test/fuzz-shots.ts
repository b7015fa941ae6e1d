import { API_PREFIX, type Endpoint, type endpointsOf } from '@sanjiang/contract'
import { HOSTILE, type Making, makeValue, spoil } from './fuzz-values.ts'

export type Entry = ReturnType<typeof endpointsOf>[number]
type Schema = Parameters<typeof makeValue>[1]

export interface Call {
  readonly url: string
  readonly body: string | undefined
}

/** Calls that once succeeded, by endpoint: sent again, spoilt or by somebody else, they reach deeper than anything made up. */
export type Corpus = Map<string, Call[]>

const KEPT = 12
const BODY_CAP = 20_000

export const nameOf = ({ module, name }: Entry): string => `${module}.${name}`

export const keepCall = (corpus: Corpus, entry: Entry, call: Call): void => {
  if ((call.body?.length ?? 0) > BODY_CAP) return
  corpus.set(nameOf(entry), [...(corpus.get(nameOf(entry)) ?? []), call].slice(-KEPT))
}

export interface Shot {
  readonly method: string
  readonly url: string
  readonly payload?: string | Buffer
  readonly headers?: Record<string, string>
}

const singular = (noun: string): string =>
  ({ people: 'person', persons: 'person', entries: 'entry' })[noun] ?? noun.replace(/s$/, '')

const paramOf = (making: Making, { path, params }: Endpoint<unknown, unknown>, name: string): string => {
  const schema = (params?.properties as Record<string, Schema> | undefined)?.[name] ?? {}
  if (schema.type === 'integer') return String(making.dice.below(4))
  const noun = new RegExp(`([a-z-]+)/:${name}`).exec(path)?.[1] ?? ''
  return String(makeValue(making, schema, name === 'id' ? `${singular(noun)}_id` : name))
}

const PATH_ATTACKS = [
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%ff',
  '..',
  '%',
  '%25%00',
  "'%20or%201=1",
  'x'.repeat(300),
  '%F0%9F%92%A9',
  '__proto__',
]

const addressOf = (making: Making, { endpoint }: Entry, isHostile: boolean): string => {
  const ep = endpoint as Endpoint<unknown, unknown>
  const path = ep.path.replace(/:(\w+)/g, (_, name: string) =>
    isHostile && making.dice.chance(0.3)
      ? making.dice.pick(PATH_ATTACKS)
      : encodeURIComponent(paramOf(making, ep, name)),
  )
  const search = new URLSearchParams()
  const query = ep.query ? (makeValue(making, ep.query as Schema) as Record<string, unknown>) : {}
  const sent = isHostile ? (spoil(making, query) as Record<string, unknown>) : query
  for (const [name, value] of Object.entries(sent ?? {}))
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  return `${API_PREFIX}${path}${search.size > 0 ? `?${search}` : ''}`.slice(0, 15_000)
}

const RAW_BODIES: readonly { payload: string | Buffer; type?: string }[] = [
  { payload: '{' },
  { payload: '' },
  { payload: 'null' },
  { payload: '[]' },
  { payload: '"text"' },
  { payload: '{"a":1,"a":2}' },
  { payload: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { payload: '[['.repeat(20_000) },
  { payload: `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}` },
  { payload: '{"__proto__":{"polluted":true}}' },
  { payload: '{"constructor":{"prototype":{"polluted":true}}}' },
  { payload: '{}', type: 'text/plain' },
  {
    payload: '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
    type: 'application/xml',
  },
  { payload: 'a=1&b=2', type: 'application/x-www-form-urlencoded' },
  { payload: '{}', type: 'application/json; charset=utf-16' },
  { payload: '{}', type: 'nonsense' },
  { payload: `{"text":"${'x'.repeat(3_000_000)}"}` },
  { payload: '\u0000' },
  { payload: '1e99999' },
]

export type Mood = 'valid' | 'near' | 'hostile'

const JSON_TYPE = { 'content-type': 'application/json' }

const again = ({ dice }: Making, call: Call | undefined): Call | undefined => (dice.chance(0.5) ? call : undefined)

/** One call of an endpoint: made from its schema, or one that succeeded before, and spoilt as the mood wants it. */
export const shotOf = (making: Making, { entry, corpus, mood }: { entry: Entry; corpus: Corpus; mood: Mood }): Shot => {
  const { dice } = making
  const { method, body } = entry.endpoint as Endpoint<unknown, unknown>
  const known = corpus.get(nameOf(entry)) ?? []
  const before = known.length > 0 ? again(making, dice.pick(known)) : undefined
  const isElsewhere = before === undefined || dice.chance(0.3)
  const url = isElsewhere ? addressOf(making, entry, mood === 'hostile') : before.url
  if (!body) return { method, url }
  if (mood === 'hostile' && dice.chance(0.25)) {
    const { payload, type } = dice.pick(RAW_BODIES)
    return { method, url, payload, headers: { 'content-type': type ?? 'application/json' } }
  }
  if (mood === 'hostile' && dice.chance(0.1))
    return { method, url, payload: JSON.stringify(dice.pick(HOSTILE)), headers: JSON_TYPE }
  const value = before?.body === undefined ? makeValue(making, body as Schema) : JSON.parse(before.body)
  const once = mood === 'valid' ? value : spoil(making, value)
  return { method, url, payload: JSON.stringify(mood === 'hostile' ? spoil(making, once) : once), headers: JSON_TYPE }
}
