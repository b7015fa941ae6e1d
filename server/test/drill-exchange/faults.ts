import { setTimeout as pause } from 'node:timers/promises'
import { exchange, sharing } from '@sanjiang/contract'
import type { Role } from '../drill/role.ts'
import { type Drill, type FaultKind, SHORT_MS, within } from './fault.ts'
import { DISKS } from './faults.disk.ts'
import { POINTS } from './faults.point.ts'
import type { Site } from './ground.ts'
import { SOURCE, type Terms } from './view.ts'

const soon = ({ chance }: Drill): Promise<void> => pause(chance.below(400))
const siteOf = ({ site: { ground }, chance }: Drill): Site => chance.pick([ground.provider, ground.consumer])
const kill = (name: string, weight: number, strike: FaultKind['strike']): FaultKind => ({
  name,
  weight,
  strike: async (drill) => {
    await soon(drill)
    await strike(drill)
  },
})

const killRole = (name: string, weight: number, of: (drill: Drill) => Role): FaultKind =>
  kill(name, weight, async (drill) => {
    await of(drill).ready()
    of(drill).kill()
  })

const onLine = (name: string, weight: number, strike: (drill: Drill, site: Site) => Promise<unknown>): FaultKind => ({
  name,
  weight,
  strike: async (drill) => void (await strike(drill, siteOf(drill))),
})

const cutAt = (percent: number): FaultKind =>
  onLine(`line cut at ${percent} %`, 3, async (drill, { wire }) => {
    const met = wire.cutAfter(Math.ceil((drill.volume * percent) / 100))
    await drill.site.ground.provider.db
      .query(`update ${SOURCE} set hjdz = 'cut${drill.chance.below(99)}'`)
      .catch(() => undefined)
    if (!(await within(met))) drill.missed(`line cut at ${percent} %`)
    wire.disarm()
  })

const damage = (direction: 'up' | 'down'): FaultKind => ({
  name: `chunks damaged ${direction}`,
  weight: 4,
  strike: async (drill) => {
    const { ground } = drill.site
    const { wire } = direction === 'up' ? ground.provider : ground.consumer
    const met = wire.damageNext(direction, drill.chance.below(1 << 20))
    await ground.provider.db.query(`update ${SOURCE} set xm = 'bits${drill.chance.below(9)}'`).catch(() => undefined)
    if (!(await within(met))) drill.missed(`chunks damaged ${direction}`)
    wire.disarm()
  },
})

const clockSteps: FaultKind = {
  name: 'clock of an agent steps',
  weight: 2,
  strike: async (drill) => {
    const { agent } = siteOf(drill)
    await agent.again({ clockMs: drill.chance.pick([-7_200_000, -45_000, 45_000, 7_200_000]) })
    await pause(SHORT_MS * 2)
    await agent.again()
  },
}

/** A row the target will not take is kept out and told; put right at the source it arrives. */
const constraint: FaultKind = {
  name: 'target refuses a row',
  weight: 2,
  strike: async ({ site: { ground }, chance }) => {
    const [source, target] = [ground.provider.db, ground.consumer.db]
    const table = ground.standing[0]!.terms.target
    await target.query(`alter table ${table} add constraint drill_refuses check (sex <> '8') not valid`)
    const who = `(select gmsfhm from ${SOURCE} order by gmsfhm offset ${chance.below(100)} limit 1)`
    const { rows } = await source.query(`update ${SOURCE} set xb = '8' where gmsfhm = ${who} returning gmsfhm`)
    await pause(SHORT_MS * 3)
    await target.query(`alter table ${table} drop constraint drill_refuses`)
    await source.query(`update ${SOURCE} set xb = '1' where gmsfhm = $1`, [rows[0]?.gmsfhm])
    // Whatever changed in the meantime in the refused row comes again with it.
    await source.query(`update ${SOURCE} set xb = '1' where xb = '8'`)
  },
}

const slotLost: FaultKind = {
  name: 'replication slot lost',
  weight: 1,
  strike: async ({ site: { ground } }) => {
    const { db } = ground.provider
    for (let tries = 0; tries < 100; tries += 1) {
      await db
        .query('select pg_terminate_backend(active_pid) from pg_replication_slots where active_pid is not null')
        .catch(() => undefined)
      const dropped = await db
        .query(
          'select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active and not temporary',
        )
        .catch(() => null)
      if (dropped !== null && dropped.rowCount !== 0) return
      await pause(20)
    }
  },
}

/** Another fault may have taken the centre's database away at this moment; then the officer tries again. */
const taken = ({ site: { ground } }: Drill, act: () => Promise<unknown>): Promise<void> =>
  ground.until('the centre to take it', () =>
    act().then(
      () => true,
      (error: { code?: string }) => {
        if (error.code === 'unavailable') return false
        throw error
      },
    ),
  )

let used = 0
const WIDE: Omit<Terms, 'target'> = { items: { citizen_id: 'none', name: 'name', address: 'none' }, byHandle: false }

/** A grant taken back while its first load may still be under way: nothing is delivered afterwards. */
const revoked: FaultKind = {
  name: 'grant revoked in a transfer',
  weight: 1,
  strike: async (drill) => {
    const { ground } = drill.site
    used += 1
    const standing = await drill.subscribe({ ...WIDE, target: `gongxiang.shouhui_${used}` })
    await soon(drill)
    const params = { id: standing.grant_id }
    await taken(drill, () => ground.police.call(sharing.revokeGrant, { params, body: { reason: '用途已变' } }))
    const delivered = () =>
      ground.world.sql<{ last: string }>(
        `select coalesce(max(e.seq), -1)::text as last from ledger.entry e where e.kind = 'chunk_delivered'
           and e.body::jsonb #>> '{body,subscription_id}' = $1
           and not exists (select from ledger.entry v where v.kind = 'chunk_withheld'
             and v.body::jsonb #>> '{body,voids_log_id}' = e.log_id::text and (v.body::jsonb #>> '{body,voids}')::bigint = e.seq)`,
        [standing.subscription_id],
      )
    await ground.until('a stopped transfer', async () => {
      const { state } = await ground.subscription(standing)
      return state === 'stopped' || state === 'ended'
    })
    const then = await delivered()
    await ground.provider.db.query(`update ${SOURCE} set hjdz = 'revoked'`).catch(() => undefined)
    await pause(SHORT_MS)
    const now = await delivered()
    if (now[0]!.last !== then[0]!.last)
      drill.broken(`delivered after the grant was revoked: ${JSON.stringify([then, now])}`)
  },
}

/** Narrowed while it runs, begun anew: the consumer has what is left of it and nothing else. */
const narrowed: FaultKind = {
  name: 'grant narrowed in a transfer',
  weight: 1,
  strike: async (drill) => {
    const { ground } = drill.site
    used += 1
    const terms: Terms = { items: { name: 'name', sex: 'none' }, byHandle: true, target: `gongxiang.shouzhai_${used}` }
    const standing = await drill.subscribe(terms)
    await soon(drill)
    const row_conditions = [{ item: 'sex', op: 'eq' as const, values: ['1'] }]
    const body = { version: 1, row_conditions, reason: '只需男性' }
    await taken(drill, () => ground.police.call(sharing.narrowGrant, { params: { id: standing.grant_id }, body }))
    const act = { act: 'resnapshot' as const, reason: '授权已收窄' }
    const params = { id: standing.subscription_id }
    await taken(drill, () => ground.civil.call(exchange.actOnSubscription, { params, body: act }))
    ground.standing.push({ ...standing, terms: { ...terms, sex: '1' } })
  },
}

export const FAULTS: readonly FaultKind[] = [
  kill('provider’s agent killed', 6, async ({ site }) => site.ground.provider.agent.kill()),
  kill('consumer’s agent killed', 6, async ({ site }) => site.ground.consumer.agent.kill()),
  killRole('door killed', 6, ({ site }) => site.ground.doorRole),
  killRole('worker killed', 2, ({ site }) => site.ground.worker),
  kill('centre’s database killed', 2, ({ site }) => site.centre.kill()),
  kill('source database killed', 2, ({ site }) => site.source.kill()),
  kill('target database killed', 2, ({ site }) => site.target.kill()),
  ...POINTS,
  cutAt(1),
  cutAt(50),
  cutAt(99),
  onLine('line loses one direction', 3, ({ chance }, { wire }) =>
    wire.swallow(chance.pick(['up', 'down'] as const), SHORT_MS),
  ),
  onLine('line throttled', 2, (_, { wire }) => wire.throttle(40_000, SHORT_MS)),
  onLine('line flaps', 3, (_, { wire }) => wire.flap(9, 120)),
  onLine('line away', 2, (_, { wire }) => wire.away(SHORT_MS)),
  damage('up'),
  damage('down'),
  onLine('requests said again, in another order', 6, ({ chance }, { wire }) =>
    wire.sayAgain((said) => chance.shuffle(said)),
  ),
  clockSteps,
  ...DISKS,
  constraint,
  slotLost,
  revoked,
  narrowed,
]
