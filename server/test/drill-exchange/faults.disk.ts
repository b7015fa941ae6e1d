import { setTimeout as pause } from 'node:timers/promises'
import { type Disk, mayMount } from './disk.ts'
import { type Drill, type FaultKind, SHORT_MS } from './fault.ts'
import { SOURCE } from './view.ts'

/** Every row changes and grows, so that there is something to write wherever room is short. */
const grow = async ({ site, chance }: Drill): Promise<void> => {
  const text = `repeat('满', ${20 + chance.below(60)})`
  await site.ground.provider.db.query(`update ${SOURCE} set hjdz = ${text}`).catch(() => undefined)
}

const filled = (name: string, of: (drill: Drill) => Disk | null): FaultKind => ({
  name,
  weight: 2,
  strike: async (drill) => {
    const disk = of(drill)
    await disk?.fill()
    await grow(drill)
    await pause(SHORT_MS * 3)
    if (await disk?.hasRoom()) drill.broken(`${name}: there was room on it`)
    await disk?.free()
  },
})

/** Where nothing may be mounted: the agent is told that its disk must keep more free than there is. */
const heldBack: FaultKind = {
  name: 'disk full at the spool (told so)',
  weight: 2,
  strike: async ({ site }) => {
    const { agent } = site.ground.provider
    await agent.again({ settings: 'spool_keep_free = 900 TiB' })
    await pause(SHORT_MS * 3)
    await agent.again()
  },
}

/** Woken up on a disk without a byte left. */
const startedFull: FaultKind = {
  name: 'agent started on a full disk',
  weight: 1,
  strike: async (drill) => {
    const { provider, consumer } = drill.site.ground
    const site = drill.chance.pick([provider, consumer])
    await site.disk?.fill()
    site.agent.kill()
    await grow(drill)
    await pause(SHORT_MS * 3)
    await site.disk?.free()
  },
}

export const DISKS: readonly FaultKind[] = mayMount
  ? [
      filled('disk full at the spool', ({ site }) => site.ground.provider.disk),
      filled('disk full at the consumer’s agent', ({ site }) => site.ground.consumer.disk),
      filled('disk full at the target database', ({ site }) => site.target.disk),
      startedFull,
    ]
  : [heldBack]
