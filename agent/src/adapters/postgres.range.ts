import { unescapeField } from '@sanjiang/seal'
import { AdapterFault, type KeyRange, type Lines, type ReadOptions, type ReadPlan } from './adapter.ts'
import { getRelation } from './postgres.catalog.ts'
import { copyOut } from './postgres.copy.ts'
import { linesAt } from './postgres.filter.ts'
import { type LinePlan, planLines } from './postgres.line.ts'
import { borrow, type Client, giveBack, type PostgresConfig, withClient } from './postgres.session.ts'

// Key order and what is read in it (ADR 0004).

/** `(a, b) > (x, y)` in key order; with one key the row form would keep some servers from the index. */
export const keyCompare = (plan: LinePlan, operator: '>' | '<=' | '=', keyLine: string): string => {
  const names = plan.key.map(({ order }) => order)
  const values = keyValues(plan, keyLine)
  return names.length === 1
    ? `${names[0]} ${operator} ${values[0]}`
    : `(${names.join(', ')}) ${operator} (${values.join(', ')})`
}

export const keyValues = (plan: LinePlan, keyLine: string): string[] => {
  const written = keyLine.split('\t')
  if (written.length !== plan.key.length) throw new AdapterFault('misconfigured', `主键行应有 ${plan.key.length} 项`)
  return plan.key.map((key, place) => key.value(unescapeField(written[place] ?? '') ?? ''))
}

export const keyOrder = (plan: LinePlan): string => {
  if (plan.key.length === 0) throw new AdapterFault('misconfigured', `表“${plan.relation.name}”没有设定主键项`)
  return plan.key.map(({ order }) => order).join(', ')
}

/** Conditions of a range; rows without a key have no place in the order. */
export const rangeWhere = (plan: LinePlan, range: KeyRange, more: readonly string[] = []): string => {
  const conditions = [...more]
  for (const { order, field } of plan.key) if (field.column.nullable) conditions.push(`${order} is not null`)
  if (range.from !== null) conditions.push(keyCompare(plan, '>', range.from))
  if (range.to !== null) conditions.push(keyCompare(plan, '<=', range.to))
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
}

export const rangeText = (plan: LinePlan, range: KeyRange): string =>
  `copy (select ${plan.select} from ${plan.from}${rangeWhere(plan, range)} order by ${keyOrder(plan)}) to stdout`

async function* readCopy(
  config: PostgresConfig,
  plan: ReadPlan,
  { text, options }: { readonly text: (lines: LinePlan) => string; readonly options: ReadOptions },
): AsyncGenerator<Lines> {
  const client = await borrow(config)
  let isClean = false
  try {
    const lines = planLines(plan, await getRelation(client, plan.relation))
    yield* linesAt(lines, copyOut(client, text(lines), options), { position: '', tell: options.unreadable })
    isClean = true
  } finally {
    await giveBack(config, client, isClean)
  }
}

export const readRange = (
  config: PostgresConfig,
  plan: ReadPlan,
  { range, options }: { readonly range: KeyRange; readonly options: ReadOptions },
): AsyncGenerator<Lines> => readCopy(config, plan, { text: (lines) => rangeText(lines, range), options })

const KEYS_PER_QUERY = 5000

const keysText = (plan: LinePlan, keys: readonly string[]): string => {
  const names = plan.key.map(({ order }) => order)
  const values = keys.map((key) => keyValues(plan, key))
  const where =
    names.length === 1
      ? `${names[0]} in (${values.flat().join(', ')})`
      : `(${names.join(', ')}) in (${values.map((one) => `(${one.join(', ')})`).join(', ')})`
  return `copy (select ${plan.select} from ${plan.from} where ${where}) to stdout`
}

export async function* readRows(
  config: PostgresConfig,
  plan: ReadPlan,
  { keys, options }: { readonly keys: readonly string[]; readonly options: ReadOptions },
): AsyncGenerator<Lines> {
  for (let at = 0; at < keys.length; at += KEYS_PER_QUERY) {
    const some = keys.slice(at, at + KEYS_PER_QUERY)
    yield* readCopy(config, plan, { text: (lines) => keysText(lines, some), options })
  }
}

const never = new AbortController().signal

const boundsOf = async (client: Client, plan: LinePlan, rows: number): Promise<string[]> => {
  const names = plan.key.map(({ field }, place) => `${field.select} as k${place}`)
  const where = rangeWhere(plan, { from: null, to: null }, plan.good === '' ? [] : [plan.good])
  const numbered = `select ${names.join(', ')}, row_number() over (order by ${keyOrder(plan)}) as no from ${plan.from}${where}`
  const text = `copy (select ${names.map((_, place) => `k${place}`).join(', ')} from (${numbered}) numbered
    where no % ${Math.max(1, Math.floor(rows))} = 0 order by no) to stdout`
  const found: string[] = []
  for await (const { body } of copyOut(client, text, { chunk_bytes: 1 << 20, signal: never }))
    found.push(...body.toString('utf8', 0, body.length - 1).split('\n'))
  return found
}

/** Upper bounds of ranges of so many readable rows each; the last range is open. */
export const findBounds = (config: PostgresConfig, plan: ReadPlan, rows: number): Promise<string[]> =>
  withClient(config, async (client) =>
    boundsOf(client, planLines(plan, await getRelation(client, plan.relation)), rows),
  )
