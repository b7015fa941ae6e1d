import type { FactKind, Party } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Tx } from '#kernel/db.ts'
import { unnest } from '../entry.store.ts'

/** One thing a higher module knows about a published entry, and whose doing it is. */
export interface ReportedFact {
  readonly resource_id: string
  readonly kind: FactKind
  readonly value: number
  /** From which business day; of `newest`, `called` and `delivered` the last one. */
  readonly since: string
  readonly party: Party
  readonly message: string
}

const FACT = {
  resource_id: 'uuid',
  kind: 'text',
  value: 'integer',
  since: 'date',
  party: 'text',
  message: 'text',
}

/**
 * Takes over all facts of some kinds as they now are, in one statement: what is not among them is no longer so. Entries that
 * a change concerns are folded again; whoever reports the same twice changes nothing. What is unreachable stays so since it
 * was first said.
 */
export const reportFacts = async (
  tx: Tx,
  { kinds, facts }: { readonly kinds: readonly FactKind[]; readonly facts: readonly ReportedFact[] },
): Promise<void> => {
  await sql`
    with now as (select * from unnest(${unnest(FACT, facts)}) as n (resource_id, kind, value, since, party, message)),
    gone as (
      delete from catalog.entry_fact f where f.kind = any(${kinds}::text[])
        and not exists (select from now n where n.resource_id = f.resource_id and n.kind = f.kind)
      returning f.resource_id),
    put as (
      insert into catalog.entry_fact as f select * from now
      on conflict (resource_id, kind) do update
        set value = excluded.value,
          since = case when f.kind like 'unreachable%' or f.kind = 'drift_open' then least(f.since, excluded.since) else excluded.since end, party = excluded.party, message = excluded.message
        where (f.value, f.since, f.party, f.message) is distinct from (excluded.value,
          case when f.kind like 'unreachable%' or f.kind = 'drift_open' then least(f.since, excluded.since) else excluded.since end,
          excluded.party, excluded.message)
      returning f.resource_id)
    update catalog.quality q set is_stale = true
    where not q.is_stale and q.resource_id in (select resource_id from gone union select resource_id from put)`.execute(
    tx,
  )
}
