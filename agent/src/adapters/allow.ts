import { AdapterFault, type AllowList, type ReadPlan } from './adapter.ts'

/** A relation's name in two parts; a schema's name has no dot in it. */
export interface RelationName {
  readonly schema: string
  readonly table: string
}

export const parseRelation = (name: string, fallback: string): RelationName => {
  const dot = name.indexOf('.')
  return dot === -1 ? { schema: fallback, table: name } : { schema: name.slice(0, dot), table: name.slice(dot + 1) }
}

const notAllowed = (what: string): AdapterFault =>
  new AdapterFault('not_allowed', `${what}不在本节点允许清单内(由本部门在节点配置文件中设定)`)

/** The department's own list with names in two parts; nothing is read or written past it. */
export interface Gate {
  readonly relations: readonly string[]
  mayRead(relation: string): boolean
  columnsOf(relation: string): readonly string[] | '*'
  /** Throws before the first word is said to the database. */
  checkPlan(plan: ReadPlan): void
  checkWrite(table: string): void
}

export const gateOf = (allow: AllowList, fallback: string): Gate => {
  const full = (name: string): string => {
    const { schema, table } = parseRelation(name, fallback)
    return `${schema}.${table}`
  }
  const read = new Map(Object.entries(allow.read).map(([name, columns]) => [full(name), columns]))
  const write = new Set(allow.write.map(full))
  const columnsOf = (relation: string): readonly string[] | '*' => {
    const columns = read.get(full(relation))
    if (columns === undefined) throw notAllowed(`表“${relation}”`)
    return columns
  }
  const checkPlan = (plan: ReadPlan): void => {
    const columns = columnsOf(plan.relation)
    if (columns === '*') return
    const wanted = plan.columns.map(({ column }) => column)
    if (plan.cursor_column !== null) wanted.push(plan.cursor_column)
    const missing = wanted.find((column) => !columns.includes(column))
    if (missing !== undefined) throw notAllowed(`表“${plan.relation}”的字段“${missing}”`)
  }
  const checkWrite = (table: string): void => {
    const { schema } = parseRelation(table, fallback)
    if (!write.has(full(table)) && !write.has(`${schema}.*`)) throw notAllowed(`写入表“${table}”`)
  }
  return {
    relations: [...read.keys()],
    mayRead: (relation) => read.has(full(relation)),
    columnsOf,
    checkPlan,
    checkWrite,
  }
}

/** What a target reads back: the tables that may be written, and no others. */
export const gateOfTarget = (allow: AllowList, fallback: string): Gate => {
  const gate = gateOf(allow, fallback)
  const check = (relation: string): void => gate.checkWrite(relation)
  return {
    ...gate,
    relations: allow.write.filter((name) => !name.endsWith('.*')),
    mayRead: (relation) => {
      try {
        check(relation)
        return true
      } catch {
        return false
      }
    },
    columnsOf: (relation) => {
      check(relation)
      return '*'
    },
    checkPlan: ({ relation }) => check(relation),
  }
}
