import { type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { attemptsOf, rankQuery } from './query.rules.ts'
import type { Reach } from './resource.rules.ts'
import { mayRead } from './resource.store.ts'
import { runsOf } from './term.rules.ts'

export const listSynonymRows = (db: Db) =>
  db.selectFrom('catalog.synonym').select(['group_no', 'word']).orderBy('group_no').orderBy('word').execute()

export const replaceSynonymRows = async (tx: Tx, groups: readonly (readonly string[])[]): Promise<void> => {
  await tx.deleteFrom('catalog.synonym').execute()
  const rows = groups.flatMap((words, index) => words.map((word) => ({ group_no: index + 1, word })))
  if (rows.length > 0) await tx.insertInto('catalog.synonym').values(rows).execute()
}

/** Names that share at least something with a query that found nothing: what to try instead. */
export const listNearestNames = async (db: Db, reach: Reach, q: string): Promise<string[]> => {
  if (runsOf(q).length === 0) return []
  const query = rankQuery(q)
  const { rows } = await sql<{ name: string }>`
    select e.name from catalog.entry e
    where e.terms @@ ${query}::tsquery and ${mayRead(reach)}
    order by ts_rank('{0, 0.1, 0.3, 1}', e.terms, ${query}::tsquery) desc, length(e.name) limit 5`.execute(db)
  return rows.map(({ name }) => name)
}

export interface Suggestion {
  readonly kind: 'resource' | 'item' | 'organ' | 'class'
  readonly id: string
  readonly text: string
  readonly hint: string
}

const meets = (q: string) => {
  const [attempt] = attemptsOf(q, new Map())
  const parts = (attempt?.either ?? []).map(({ terms, sounds, code }) =>
    code
      ? sql<SqlBool>`e.code like ${`${code}%`}`
      : sql<SqlBool>`(${terms ? sql`e.terms @@ ${terms}::tsquery` : sql`true`}
          and ${sounds ? sql`e.sounds @@ ${sounds}::tsquery` : sql`true`})`,
  )
  return parts.length > 0 ? sql<SqlBool>`(${sql.join(parts, sql` or `)})` : sql<SqlBool>`false`
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

const entryHints = async (db: Db, reach: Reach, q: string): Promise<Suggestion[]> => {
  const { rows } = await sql<Suggestion>`
    select 'resource' as kind, e.resource_id::text as id, e.name as text, o.short_name as hint
    from catalog.entry e join identity.organ o on o.organ_id = e.provider_organ_id
    where ${meets(q)} and ${mayRead(reach)}
    order by starts_with(e.name, ${q}) desc, position(${q} in e.name) > 0 desc, length(e.name), e.name limit 6`.execute(
    db,
  )
  return rows
}

const itemHints = async (db: Db, q: string): Promise<Suggestion[]> => {
  const { rows } = await sql<Suggestion>`
    select 'item' as kind, name as id, name as text, count(*)::text || ' 个资源' as hint
    from catalog.item where name like ${`${escapeLike(q)}%`}
    group by name order by count(*) desc, length(name) limit 4`.execute(db)
  return rows
}

const organHints = async (db: Db, q: string): Promise<Suggestion[]> => {
  const like = `%${escapeLike(q)}%`
  const { rows } = await sql<Suggestion>`
    select 'organ' as kind, o.organ_id as id, o.name as text, coalesce(min(w.word), '') as hint
    from identity.organ o
    left join lateral (
      select a.alias as word from identity.organ_alias a where a.organ_id = o.organ_id and a.alias like ${like}
      union select '曾用名 ' || n.name from identity.organ_name n
      where n.organ_id = o.organ_id and n.name like ${like} and n.name <> o.name) w on true
    where o.dissolved_on is null and (o.name like ${like} or w.word is not null)
      and exists (select from catalog.entry e where e.provider_organ_id = o.organ_id)
    group by o.organ_id order by length(o.name), o.organ_id limit 4`.execute(db)
  return rows
}

const classHints = async (db: Db, q: string): Promise<Suggestion[]> => {
  const { rows } = await sql<Suggestion>`
    select 'class' as kind, n.code as id, n.title as text, coalesce(p.title, '') as hint
    from catalog.class_node n left join catalog.class_node p on p.code = n.parent_code
    where n.is_active and n.organ_id is null and position(${q} in n.title) > 0 order by n.code limit 3`.execute(db)
  return rows
}

/** What somebody typing `q` may mean. */
export const listSuggestions = async (db: Db, reach: Reach, q: string): Promise<Suggestion[]> => [
  ...(await entryHints(db, reach, q)),
  ...(await itemHints(db, q)),
  ...(await organHints(db, q)),
  ...(await classHints(db, q)),
]
