import fc from 'fast-check'

/** A seeded die (mulberry32): the same seed throws the same values, so a failure can be repeated. */
export interface Dice {
  below(count: number): number
  pick<T>(values: readonly T[]): T
  chance(part: number): boolean
}

export const makeDice = (seed: number): Dice => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (count: number): number => Math.floor(next() * count)
  return { below, pick: (values) => values[below(values.length)]!, chance: (part) => next() < part }
}

/** Values seen in answers, by field name, so that calls reach deep and also point at what belongs to others. */
export type Pool = Map<string, string[]>

const HARVESTED = /(_id|_no|code|key|username|next|log_id|digest)$/
const KEPT = 60

export const harvest = (pool: Pool, value: unknown): void => {
  if (Array.isArray(value)) for (const one of value.slice(0, 20)) harvest(pool, one)
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) {
      if (typeof one === 'string' && HARVESTED.test(key)) remember(pool, key === 'next' ? 'after' : key, one)
      else harvest(pool, one)
    }
}

export const remember = (pool: Pool, key: string, value: string): void => {
  const known = pool.get(key) ?? []
  if (known.includes(value)) return
  pool.set(key, [...known, value].slice(-KEPT))
}

interface Schema {
  readonly type?: string
  readonly properties?: Record<string, Schema>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly patternProperties?: Record<string, Schema>
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
}

export interface Making {
  readonly dice: Dice
  readonly pool: Pool
}

const TEXTS = [
  '核验低保申请人身份与户籍',
  '户籍人口',
  'abc',
  '经核实，该信息项超出履行职责的需要',
  '1',
  'x_y',
  '青海省西宁市城中区',
]
const DAYS = [
  '2017-12-01',
  '2017-12-11',
  '2017-12-31',
  '2018-01-15',
  '2018-06-30',
  '2018-12-01',
  '2017-02-28',
  '2020-02-29',
]
const NO_ID = '0199a0c0-0000-7000-8000-00000000dead'

const pooled = ({ dice, pool }: Making, key: string): string | undefined => {
  const names = [key, key.replace(/^(provider|consumer|parent|successor)_/, ''), key.replace(/_ids?$/, '_id')]
  const found = names.map((name) => pool.get(name)).find((values) => values && values.length > 0)
  return found && dice.pick(found)
}

const textOf = (making: Making, schema: Schema, key: string): string => {
  const { dice } = making
  const { format, pattern, minLength = 0, maxLength = 200 } = schema
  if (format === 'date') return dice.pick(DAYS)
  if (format === 'date-time') return `${dice.pick(DAYS)}T00:00:00.000Z`
  const known = dice.chance(0.9) ? pooled(making, key) : undefined
  if (format === 'uuid') return known ?? NO_ID
  if (known !== undefined && (!pattern || new RegExp(pattern).test(known))) return known
  if (pattern && pattern !== '\\S')
    return fc
      .sample(fc.stringMatching(new RegExp(pattern)), { seed: dice.below(1e9), numRuns: 1 })[0]!
      .slice(0, maxLength)
  const text = dice.pick(TEXTS)
  return (text.length < minLength ? text.padEnd(minLength, '职') : text).slice(0, maxLength)
}

const objectOf = (making: Making, schema: Schema): Record<string, unknown> => {
  const required = new Set(schema.required ?? [])
  const made: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(schema.properties ?? {}))
    if (required.has(key) || making.dice.chance(0.6)) made[key] = makeValue(making, one, key)
  for (const one of Object.values(schema.patternProperties ?? {})) made.name = makeValue(making, one, 'name')
  return made
}

/** A value that the schema accepts, filled with ids that exist where the field's name says so. */
export const makeValue = (making: Making, schema: Schema, key = ''): unknown => {
  const { dice } = making
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return dice.pick(schema.enum)
  if (schema.anyOf) return makeValue(making, dice.chance(0.8) ? schema.anyOf[0]! : dice.pick(schema.anyOf), key)
  if (schema.type === 'object') return objectOf(making, schema)
  if (schema.type === 'array') {
    const [least, most] = [schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)]
    const length = Math.max(least, dice.below(most + 1))
    return Array.from({ length }, () => makeValue(making, schema.items ?? {}, key))
  }
  if (schema.type === 'string') return textOf(making, schema, key)
  if (schema.type === 'integer' || schema.type === 'number') {
    const [low, high] = [schema.minimum ?? 0, schema.maximum ?? 1000]
    return dice.chance(0.2) ? dice.pick([low, high]) : low + dice.below(Math.min(high - low, 100) + 1)
  }
  if (schema.type === 'boolean') return dice.chance(0.5)
  return null
}

/** Values that break programs: wrong kinds, limits, text that other languages would run, and names objects have anyway. */
export const HOSTILE: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  -2_147_483_649,
  2_147_483_648,
  [],
  {},
  [[]],
  [null],
  `a\u0000b`,
  '\ud800',
  '\u202e\u2066',
  '𠮷'.repeat(50),
  '职'.repeat(5000),
  'x'.repeat(70_000),
  `' OR '1'='1`,
  `'; DROP TABLE x; --`,
  '$1',
  '%',
  '_',
  '\\',
  `"`,
  '{}',
  '#{7*7}',
  '{{7*7}}',
  '%s%n',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '=HYPERLINK("http://x","y")',
  '+1+1',
  '@SUM(A1)',
  '-2+3',
  '../../../../etc/passwd',
  '..\\..\\windows',
  '%2e%2e%2f',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  'toString',
  { __proto__x: 1 },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  { constructor: { prototype: { polluted: true } } },
  'urn:uuid:0199a0c0-0000-7000-8000-00000000dead',
  '0199A0C0-0000-7000-8000-00000000DEAD',
  '{0199a0c0-0000-7000-8000-00000000dead}',
  '0000-01-01',
  '9999-12-31',
  '2017-02-30',
  '-4713-01-01',
  'infinity',
  'now',
  'today',
  '24:00',
  '2017-12-11T00:00:00+99:99',
  'NaN',
  'Infinity',
  '1e999',
  '0x10',
  '٣',
  '１２３',
]

const deep = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = level % 2 ? { a: value } : [value]
  return value
}

type Place = { readonly parent: Record<string | number, unknown>; readonly key: string | number }

const placesOf = (value: unknown, depth = 6): Place[] => {
  if (typeof value !== 'object' || value === null || depth === 0) return []
  const parent = value as Record<string | number, unknown>
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return keys.flatMap((key) => [{ parent, key }, ...placesOf(parent[key], depth - 1)])
}

/** A copy, since what is picked may be spoilt further. */
const hostile = ({ dice }: Making): unknown => structuredClone(dice.pick(HOSTILE))

/** A valid value with one or more places spoilt: replaced, left out, doubled or joined by fields nobody declared. */
export const spoil = (making: Making, value: unknown): unknown => {
  const { dice } = making
  const copy = structuredClone(value)
  const times = 1 + dice.below(3)
  for (let time = 0; time < times; time += 1) {
    const places = placesOf(copy)
    if (places.length === 0) return hostile(making)
    const { parent, key } = dice.pick(places)
    const how = dice.below(10)
    if (how === 0) delete parent[key]
    else if (how === 1) parent[`${key}x`] = parent[key]
    else if (how === 2) parent[key] = deep(200)
    else if (how === 3 && Array.isArray(parent[key])) parent[key] = Array.from({ length: 2000 }, () => hostile(making))
    else parent[key] = hostile(making)
  }
  return copy
}
