import * as t from 'typebox'

/** Small value schemas that every module uses. Data is snake_case; dates are `YYYY-MM-DD`, instants UTC with milliseconds. */
export const Id = t.String({ format: 'uuid' })
export const IsoDate = t.String({ format: 'date', description: 'YYYY-MM-DD，业务日期' })
export const Instant = t.String({ format: 'date-time', description: 'UTC 时刻' })
export const Line = (max: number, min = 1) =>
  t.String({ minLength: min, maxLength: max, pattern: min > 0 ? '\\S' : undefined })

/** A request body or query: unknown fields are refused by name rather than silently dropped. */
export const input = <P extends t.TProperties>(properties: P) => t.Object(properties, { additionalProperties: false })

export const nullable = <T extends t.TSchema>(schema: T) => t.Union([schema, t.Null()])

/** A closed list of codes with their Chinese titles: one constant gives the schema, the type and the labels. */
export const coded = <const M extends Record<string, string>>(titles: M) => ({
  titles,
  codes: Object.keys(titles) as (keyof M & string)[],
  schema: t.Unsafe<keyof M & string>(t.String({ enum: Object.keys(titles) })),
})

export const ById = t.Object({ id: Id })

/** Keyset paging: pass `next` back as `after`. `total` is given only where counting is cheap. */
export const PageQuery = {
  after: t.Optional(t.String({ maxLength: 512 })),
  limit: t.Optional(t.Integer({ minimum: 1, maximum: 200, default: 20 })),
}
export const Page = <T extends t.TSchema>(row: T) =>
  t.Object({ rows: t.Array(row), next: nullable(t.String()), total: t.Optional(t.Integer()) })

export interface Paged<T> {
  rows: T[]
  next: string | null
  total?: number
}

export const Done = t.Object({ done: t.Literal(true) })
