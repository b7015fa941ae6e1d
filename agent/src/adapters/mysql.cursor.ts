import type { Connection } from 'mysql2'
import { AdapterFault } from './adapter.ts'
import type { LinePlan } from './mysql.line.ts'
import { ask, id, literal, type MysqlConfig } from './mysql.session.ts'

// Positions are as in postgres.cursor.ts: the highest cursor seen, and how many rows stood in the window below it.

interface Cursor {
  readonly column: string
  readonly text: string
  readonly isSane: string
  value(text: string): string
  below(value: string): string
}

const WIDTH = 20

const stampCursor = (c: string, type: string, lag: number): Cursor => ({
  column: c,
  text: `cast(${c} as char)`,
  // A date of 9999 would hide every row written after it.
  isSane: `${c} <= now() + interval 2 day`,
  value: (text) => literal(text),
  below: (value) => (type === 'date' ? value : `timestamp(${value}) - interval ${lag} second`),
})

const numberCursor = (c: string, lag: number): Cursor => ({
  column: c,
  text: `concat(if(${c} < 0, repeat('0', ${WIDTH}), lpad(truncate(${c}, 0), ${WIDTH}, '0')), if(instr(${c}, '.') > 0, concat('.', substring_index(${c}, '.', -1)), ''))`,
  isSane: `${c} < 1e${WIDTH}`,
  value: (text) => text.replace(/^0+(?=\d)/, ''),
  below: (value) => `${value} - ${lag}`,
})

const textCursor = (c: string): Cursor => ({
  column: c,
  text: `cast(${c} as char)`,
  isSane: 'true',
  value: (text) => literal(text),
  below: (value) => value,
})

const cursorOf = (config: MysqlConfig, plan: LinePlan): Cursor => {
  if (plan.cursor === null) throw new AdapterFault('misconfigured', `表“${plan.relation.name}”没有设定增量游标字段`)
  const c = id(plan.cursor.name)
  const { type } = plan.cursor
  if (type === 'date' || type === 'datetime' || type === 'timestamp') return stampCursor(c, type, config.lag_seconds)
  if (['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal'].includes(type))
    return numberCursor(c, config.lag_numbers)
  if (type === 'varchar' || type === 'char') return textCursor(c)
  throw new AdapterFault('misconfigured', `字段“${plan.cursor.name}”(${plan.cursor.source_type})不能作为增量游标`)
}

export const cursorPosition = async (config: MysqlConfig, connection: Connection, plan: LinePlan): Promise<string> => {
  const cursor = cursorOf(config, plan)
  const from = plan.relation.sql
  const [top] = await ask<{ top: string }>(
    connection,
    `select ${cursor.text} as top from ${from} where ${cursor.column} is not null and ${cursor.isSane} order by ${cursor.column} desc limit 1`,
  )
  if (top === undefined) return ''
  const value = cursor.value(top.top)
  const [window] = await ask<{ count: number }>(
    connection,
    `select count(*) as count from ${from} where ${cursor.column} >= ${cursor.below(value)} and ${cursor.column} <= ${value}`,
  )
  return `${top.top}#${String(window?.count ?? 0).padStart(12, '0')}`
}

export const incrementSql = (config: MysqlConfig, plan: LinePlan, after: string): string => {
  if (after === '') return plan.select
  const cursor = cursorOf(config, plan)
  return `${plan.select} where ${cursor.column} >= ${cursor.below(cursor.value(after.slice(0, after.lastIndexOf('#'))))}`
}
