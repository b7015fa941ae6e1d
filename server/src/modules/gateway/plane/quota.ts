import type { Pool } from 'pg'
import { inTime } from './in-time.ts'
import type { GrantRow } from './snapshot.ts'

export interface Quotas {
  /** Takes one call from the grant's quota; false when it is used up. */
  take(grant: GrantRow, today: string): boolean | Promise<boolean>
  /** Gives one back: the provider failed, nothing was received. */
  giveBack(grant: GrantRow, today: string): void
  /** Returns what was leased and not used, at a clean stop. */
  close(): Promise<void>
}

interface Lease {
  left: number
  refill: Promise<void> | null
  /** Until then the database's "no more in this period" is believed; another process may have given some back since. */
  spentUntil: number
}

const SPENT_MS = 5000
const READ_MS = 5000
const MAX_LEASES = 50_000

const LARGEST_BLOCK = 500

/** `2017-12-01`, `2017-12` or `total`: the period a call counts in, by business date. */
export const periodOf = (grant: GrantRow, today: string): string =>
  grant.quota_period === 'total' ? 'total' : grant.quota_period === 'month' ? today.slice(0, 7) : today

// Small quotas are leased one by one and so are exact; large ones in blocks of a twentieth. A killed process loses at
// most one block per grant and period: a quota may be under-used, never exceeded.
const blockOf = (count: number): number => Math.max(1, Math.min(LARGEST_BLOCK, Math.floor(count / 20)))

const OPEN = 'insert into gateway.quota (grant_id, period, leased) values ($1, $2, 0) on conflict do nothing'

// The row is locked before it is read, so two processes never count the same block twice.
const LEASE = `
with before as (select leased from gateway.quota where grant_id = $1 and period = $2 for update)
update gateway.quota q set leased = least(before.leased + $3::integer, greatest($4::integer, before.leased)) from before
where q.grant_id = $1 and q.period = $2 returning q.leased - before.leased as got`

const RETURN = 'update gateway.quota set leased = greatest(leased - $3::integer, 0) where grant_id = $1 and period = $2'

// Yesterday's and used-up leases; a forgotten one only has to ask the database again.
const forgetEmpty = (leases: Map<string, Lease>): void => {
  for (const [key, lease] of leases) if (lease.left === 0 && lease.refill === null) leases.delete(key)
}

/** Quotas leased in blocks from PostgreSQL, spent in memory. */
export const openQuotas = (pool: Pool): Quotas => {
  const leases = new Map<string, Lease>()

  const leaseFor = (key: string): Lease => {
    const found = leases.get(key)
    if (found) return found
    const made: Lease = { left: 0, refill: null, spentUntil: 0 }
    if (leases.size >= MAX_LEASES) forgetEmpty(leases)
    leases.set(key, made)
    return made
  }

  /** Calls got, at most a block; undefined where the period has no row yet. */
  const leaseBlock = async (grant: GrantRow, period: string): Promise<number | undefined> => {
    const count = grant.quota_count!
    const parameters = [grant.grant_id, period, blockOf(count), count]
    const { rows } = await inTime(pool.query<{ got: number }>(LEASE, parameters), READ_MS)
    return rows[0]?.got
  }

  const refill = async (lease: Lease, grant: GrantRow, period: string): Promise<void> => {
    let got = await leaseBlock(grant, period)
    if (got === undefined) {
      await inTime(pool.query(OPEN, [grant.grant_id, period]), READ_MS)
      got = await leaseBlock(grant, period)
    }
    if (got) lease.left += got
    else lease.spentUntil = Date.now() + SPENT_MS
  }

  const takeLater = async (lease: Lease, grant: GrantRow, period: string): Promise<boolean> => {
    while (lease.left === 0) {
      if (Date.now() < lease.spentUntil) return false
      lease.refill ??= refill(lease, grant, period).finally(() => {
        lease.refill = null
      })
      await lease.refill
    }
    lease.left -= 1
    return true
  }

  return {
    take: (grant, today) => {
      if (grant.quota_count === null) return true
      const period = periodOf(grant, today)
      const lease = leaseFor(`${grant.grant_id} ${period} ${grant.quota_count}`)
      if (lease.left === 0) return takeLater(lease, grant, period)
      lease.left -= 1
      return true
    },
    giveBack: (grant, today) => {
      if (grant.quota_count === null) return
      leaseFor(`${grant.grant_id} ${periodOf(grant, today)} ${grant.quota_count}`).left += 1
    },
    close: async () => {
      for (const [key, lease] of leases) {
        const [grantId, period] = key.split(' ')
        if (lease.left > 0) await pool.query(RETURN, [grantId, period, lease.left])
      }
      leases.clear()
    },
  }
}
