import { AdapterFault, type Lines, type ReadOptions, type ReadPlan } from './adapter.ts'
import { getRelation } from './postgres.catalog.ts'
import { copyOut } from './postgres.copy.ts'
import { filterRows } from './postgres.filter.ts'
import { type LinePlan, planLines } from './postgres.line.ts'
import { type Client, connect, id, literal, type PostgresConfig } from './postgres.session.ts'

// A position is the highest cursor seen and how many rows stood in the window below it, `CURSOR#COUNT`: numbers are padded
// so that positions ascend as text. The window is read again whenever anything in it changed, because a transaction that
// began earlier may commit later (its cursor lies below one already seen). The count tells a late row from none, so that
// a table at rest is not read again and again, however many rows share its last cursor value.

interface Cursor {
  /** The column as compared. */
  readonly column: string
  /** Its value as text that ascends. */
  readonly text: string
  readonly isSane: string
  value(text: string): string
  /** SQL of the lower bound of the window below a value. */
  below(value: string): string
}

const WIDTH = 20

const stampCursor = (c: string, type: string, lag: number): Cursor => ({
  column: c,
  text: type === 'timestamptz' ? `${c}::timestamp::text` : `${c}::text`,
  // A date of 9999 would hide every row written after it.
  isSane: `${c} <= localtimestamp + interval '1 day'`,
  value: (text) => `${literal(text)}::${type}`,
  below: (value) => (type === 'date' ? value : `${value} - interval '${lag} seconds'`),
})

const numberCursor = (c: string, lag: number): Cursor => ({
  column: c,
  text: `case when ${c} < 0 then ${literal('0'.repeat(WIDTH))} else lpad(trunc(${c}::numeric)::text, ${WIDTH}, '0') || coalesce(substring(trim_scale(${c}::numeric)::text from '[.].*'), '') end`,
  isSane: `${c}::numeric < 1e${WIDTH}`,
  value: (text) => `${literal(text.replace(/^0+(?=\d)/, ''))}::numeric`,
  below: (value) => `${value} - ${lag}`,
})

const textCursor = (c: string): Cursor => ({
  column: `${c}::text collate "C"`,
  text: `${c}::text collate "C"`,
  isSane: 'true',
  value: (text) => literal(text),
  below: (value) => value,
})

const cursorOf = (plan: LinePlan, config: PostgresConfig): Cursor => {
  if (plan.cursor === null) throw new AdapterFault('misconfigured', `表“${plan.relation.name}”没有设定增量游标字段`)
  const c = id(plan.cursor.name)
  const { type } = plan.cursor
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz') return stampCursor(c, type, config.lag_seconds)
  if (['int2', 'int4', 'int8', 'numeric'].includes(type)) return numberCursor(c, config.lag_numbers)
  if (['text', 'varchar', 'bpchar'].includes(type)) return textCursor(c)
  throw new AdapterFault('misconfigured', `字段“${plan.cursor.name}”(${plan.cursor.source_type})不能作为增量游标`)
}

/** Where the relation stands now; empty when it has no row with a cursor. */
export const cursorPosition = async (client: Client, plan: LinePlan, config: PostgresConfig): Promise<string> => {
  const cursor = cursorOf(plan, config)
  const top = await client.query<{ top: string | null }>(
    `select ${cursor.text} as top from ${plan.from} where ${cursor.column} is not null and ${cursor.isSane} order by ${cursor.column} desc limit 1`,
  )
  const text = top.rows[0]?.top
  if (text === undefined || text === null) return ''
  const value = cursor.value(text)
  const { rows } = await client.query<{ count: string }>(
    `select count(*)::text as count from ${plan.from} where ${cursor.column} >= ${cursor.below(value)} and ${cursor.column} <= ${value}`,
  )
  return `${text}#${(rows[0]?.count ?? '0').padStart(12, '0')}`
}

const incrementText = (plan: LinePlan, cursor: Cursor, after: string): string => {
  const select = `select ${plan.select} from ${plan.from}`
  if (after === '') return `copy (${select}) to stdout`
  const value = cursor.value(after.slice(0, after.lastIndexOf('#')))
  return `copy (${select} where ${cursor.column} >= ${cursor.below(value)}) to stdout`
}

/** Rows that an increment behind `after` passes over: without a cursor, or below the window. */
export const passedOver = (plan: LinePlan, config: PostgresConfig, after: string): string => {
  if (after === '') return 'false'
  const cursor = cursorOf(plan, config)
  const value = cursor.value(after.slice(0, after.lastIndexOf('#')))
  return `(${cursor.column} is null or not (${cursor.isSane}) or ${cursor.column} < ${cursor.below(value)})`
}

/** Rows written since `after`; only the last batch moves the position, so a pass cut short is read again whole. */
export async function* readIncrement(
  config: PostgresConfig,
  plan: ReadPlan,
  { after, options }: { readonly after: string; readonly options: ReadOptions },
): AsyncGenerator<Lines> {
  const client = await connect(config)
  try {
    await client.query('begin isolation level repeatable read read only')
    const lines = planLines(plan, await getRelation(client, plan.relation))
    const now = await cursorPosition(client, lines, config)
    if (now === after) return
    const position = now > after ? now : after
    let held: Lines | null = null
    // A batch is held until the next one says that it was not the last.
    const kept = { ...options, lends: false }
    for await (const copied of copyOut(client, incrementText(lines, cursorOf(lines, config), after), kept)) {
      if (held !== null && held.rows > 0) yield held
      held = { ...filterRows(lines, copied, options.unreadable), position: after, tx_end: true }
    }
    yield { ...(held ?? { body: Buffer.alloc(0), rows: 0, tx_end: true }), position }
  } finally {
    await client.end().catch(() => undefined)
  }
}
