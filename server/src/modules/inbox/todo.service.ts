import { type codes, inbox as contract, type Paged, readClock } from '@sanjiang/contract'
import type { Todo, TodoKind } from '@sanjiang/contract/inbox'
import type { Ctx } from '#kernel/ctx.ts'
import { parseCursor, toPage } from '#kernel/page.ts'
import { countUnread } from './notice.store.ts'
import { type DueDay, listOpenStarts, listTodoRows } from './todo.store.ts'

interface Start {
  readonly clock_rule: string | null
  readonly clock_started_on: string | null
}

const clockOf = ({ clock_rule, clock_started_on }: Start, today: string) =>
  clock_rule === null || clock_started_on === null
    ? null
    : readClock({ rule_code: clock_rule as codes.RuleCode, started_on: clock_started_on, stopped_on: null }, today)

const duesOf = (starts: readonly Start[], today: string): DueDay[] => {
  const found = new Map<string, DueDay>()
  for (const start of starts) {
    const clock = clockOf(start, today)
    if (!clock) continue
    const { rule_code: rule, started_on, due_on } = clock
    found.set(`${rule} ${started_on}`, { rule, started_on, due_on })
  }
  return [...found.values()]
}

interface ListQuery {
  readonly kind?: TodoKind
  readonly after?: string
  readonly limit?: number
}

/** What the actor may do, soonest due first; what has no clock comes after, oldest first. */
export const listTodos = async (ctx: Ctx, { kind, after, limit = 20 }: ListQuery): Promise<Paged<Todo>> => {
  const { actor, db, today } = ctx
  const dues = duesOf(await listOpenStarts(db, actor), today)
  const from = after === undefined ? undefined : (parseCursor(after, 2).map(String) as [string, string])
  const rows = await listTodoRows(db, { actor, kind, dues, from, limit })
  const page = toPage(rows, limit, (row) => [row.due_on, row.todo_id])
  return { rows: page.rows.map((row) => ({ ...row, clock: clockOf(row, today) })) as Todo[], next: page.next }
}

/** The workbench's numbers: to-dos by kind, how their clocks stand, and notices not yet read. */
export const countTodos = async (ctx: Ctx) => {
  const { actor, db, today } = ctx
  const counts = new Map<TodoKind, number>()
  const lights = { green: 0, yellow: 0, red: 0, none: 0 }
  let total = 0
  for (const { count, ...start } of await listOpenStarts(db, actor)) {
    const kind = start.kind as TodoKind
    total += count
    counts.set(kind, (counts.get(kind) ?? 0) + count)
    const light = clockOf(start, today)?.light
    lights[light === 'green' || light === 'yellow' || light === 'red' ? light : 'none'] += count
  }
  const kinds = contract.TODO_KINDS.codes
    .filter((kind) => counts.has(kind))
    .map((kind) => ({ kind, title: contract.TODO_KINDS.titles[kind], count: counts.get(kind)! }))
  return { total, kinds, lights, unread_notices: await countUnread(db, actor) }
}
