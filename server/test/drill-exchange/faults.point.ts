import { watch } from 'node:fs'
import { join } from 'node:path'
import type { Door, Moment } from '../drill/door.ts'
import { type Drill, type FaultKind, within } from './fault.ts'
import { SOURCE } from './view.ts'
import type { Wire } from './wire.ts'

const MOMENTS: readonly Moment[] = ['before', 'after', 'passed']

/** A write for the place to come about. */
const write = async ({ site, chance }: Drill): Promise<void> => {
  await site.ground.provider.db.query(`update ${SOURCE} set xm = 'point${chance.below(9)}'`).catch(() => undefined)
}

type Strike = (drill: Drill) => void
/** Lies in wait for a place and springs there; returns what gives it up. */
type Ambush = (drill: Drill, spring: () => void) => () => void

const dies = (name: string, strike: Strike, lieInWait: Ambush): FaultKind => ({
  name,
  weight: 2,
  strike: async (drill) => {
    let giveUp = (): void => {}
    const sprung = new Promise<void>((done) => {
      giveUp = lieInWait(drill, () => done(strike(drill)))
    })
    await write(drill)
    if (!(await within(sprung))) drill.missed(name)
    giveUp()
  },
})

/** Dies at a statement: before it reaches the database, after it is done and unanswered, in the instant of the answer. */
const atStatement = (
  name: string,
  { pattern, door, strike }: { pattern: string; door(drill: Drill): Door; strike: Strike },
): FaultKind[] =>
  MOMENTS.map((moment) =>
    dies(`${name}: ${moment}`, strike, (drill, spring) => {
      door(drill).arm({ pattern, moment, spring })
      return () => door(drill).disarm()
    }),
  )

/** Dies at a request to the centre: before it is sent, when it is done and the answer is lost, in the instant of the answer. */
const atRequest = (
  name: string,
  { pattern, wire, strike }: { pattern: RegExp; wire(drill: Drill): Wire; strike: Strike },
): FaultKind[] =>
  MOMENTS.map((moment) =>
    dies(`${name}: ${moment}`, strike, (drill, spring) => {
      wire(drill).arm({ pattern, moment, spring })
      return () => wire(drill).disarm()
    }),
  )

const killDoor: Strike = ({ site }) => site.ground.doorRole.kill()
const killProvider: Strike = ({ site }) => site.ground.provider.agent.kill()
const killConsumer: Strike = ({ site }) => site.ground.consumer.agent.kill()

const doorAt = (what: string, pattern: string): FaultKind[] =>
  atStatement(`door dies at ${what}`, { pattern, door: ({ site }) => site.ground.doorRole.door, strike: killDoor })

const providerAt = (what: string, pattern: RegExp): FaultKind[] =>
  atRequest(`provider’s agent dies at ${what}`, {
    pattern,
    wire: ({ site }) => site.ground.provider.wire,
    strike: killProvider,
  })

const consumerAt = (what: string, pattern: RegExp): FaultKind[] =>
  atRequest(`consumer’s agent dies at ${what}`, {
    pattern,
    wire: ({ site }) => site.ground.consumer.wire,
    strike: killConsumer,
  })

const consumerAtTarget = (what: string, pattern: string): FaultKind[] =>
  atStatement(`consumer’s agent dies at ${what}`, {
    pattern,
    door: ({ site }) => site.target.door,
    strike: killConsumer,
  })

/** While a record is being written, or right behind it: what is torn must be cut off. */
const atSpool: FaultKind = dies('provider’s agent dies at its spool', killProvider, (drill, spring) => {
  const { dir } = drill.site.ground.provider.agent
  const watching = watch(join(dir, 'state'), { recursive: true }, (_, name) => {
    if (!name?.endsWith('.seg')) return
    watching.close()
    spring()
  })
  return () => watching.close()
})

const COMMIT = 'Q\0\0\0\x0bcommit\0'
/** What the source may forget: a status message of 38 bytes on the stream. */
const CONFIRM = 'd\0\0\0\x26r'

/** Deaths at named places, seen from outside, so that the programs need nothing for it. */
export const POINTS: readonly FaultKind[] = [
  ...doorAt('a chunk', 'insert into "exchange"."chunk"'),
  ...doorAt('a receipt', 'update ledger.log set size'),
  ...doorAt('a delivery', 'insert into "exchange"."delivery"'),
  ...doorAt('an acceptance', 'update "exchange"."delivery" set'),
  atSpool,
  ...providerAt('a chunk', /^PUT \/agent\/v1\/feeds\/[^/]+\/chunks\//),
  ...providerAt('its signature', /^POST \/agent\/v1\/feeds\/[^/]+\/supplied/),
  dies('provider’s agent dies at a confirmation', killProvider, ({ site: { source } }, spring) => {
    source.door.arm({ pattern: CONFIRM, moment: 'before', spring })
    return () => source.door.disarm()
  }),
  ...consumerAt('a fetch', /^GET \/agent\/v1\/subscriptions\/[^/]+\/frames/),
  ...consumerAt('its acceptance', /^POST \/agent\/v1\/subscriptions\/[^/]+\/accepted/),
  ...consumerAtTarget('its rows', 'truncate pg_temp.sanjiang_stage'),
  ...consumerAtTarget('its offset', '"sanjiang_offset" (subscription_id'),
  ...consumerAtTarget('its commit', COMMIT),
  ...atStatement('target database dies at a commit', {
    pattern: COMMIT,
    door: ({ site }) => site.target.door,
    strike: ({ site }) => void site.target.kill(),
  }),
]
