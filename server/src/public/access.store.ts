import type pg from 'pg'

export interface AccessRow {
  readonly access_id: string
  readonly is_ended: boolean
  readonly is_revoked: boolean
}

/** By the hash of its key; a key of another dataset is none here. */
export const findAccess = async (
  pool: pg.Pool,
  { dataset_id, key_hash }: { readonly dataset_id: string; readonly key_hash: string },
): Promise<AccessRow | undefined> => {
  const { rows } = await pool.query<AccessRow>(
    `select access_id, ends_on < site.today() as is_ended, revoked_at is not null as is_revoked
     from site.access where key_hash = $1 and dataset_id = $2`,
    [key_hash, dataset_id],
  )
  return rows[0]
}

/** Notes that a use begins; `null` where the day's quota is used up. */
export const beginUse = async (pool: pg.Pool, accessId: string, what: string): Promise<string | null> => {
  const { rows } = await pool.query<{ use_id: string | null }>('select intake.begin_use($1, $2) as use_id', [
    accessId,
    what,
  ])
  return rows[0]!.use_id
}

/** Whether what was begun may go on: the dataset is open, and to a key only as long as that key is good. */
export const mayGoOn = async (
  pool: pg.Pool,
  { dataset_id, access_id }: { readonly dataset_id: string; readonly access_id: string | null },
): Promise<boolean> => {
  const { rows } = await pool.query(
    `select from site.dataset d where d.dataset_id = $1 and d.state = 'open' and (d.open_type = 'unconditional' or exists (
       select from site.access a where a.access_id = $2 and a.revoked_at is null and a.ends_on >= site.today()))`,
    [dataset_id, access_id],
  )
  return rows.length > 0
}

export const endUse = (pool: pg.Pool, useId: string, bytes: number) =>
  pool.query('select intake.end_use($1, $2)', [useId, bytes])
