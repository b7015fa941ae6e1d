import { hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { makeCall } from '@sanjiang/contract'
import { PLANE } from '@sanjiang/contract/gateway'
import { registerClient } from '@sanjiang/contract/identity'
import { querySubject } from '@sanjiang/contract/ledger'
import { GatewayClient } from '../gateway-client.ts'
import type { TestClientRow, TestResource } from '../gateway-ground.ts'

export interface KeptReceipt {
  readonly log_id: string
  readonly seq: number
  readonly leaf: string
}

/** A governed call that was answered: its receipt and what came with it. */
export interface AnsweredCall extends KeptReceipt {
  readonly digest: string
}

export interface Officer {
  readonly cookie: string
  readonly csrf: string
}

/** Everything that was acknowledged to somebody, and therefore must be there afterwards. */
export interface Acknowledged {
  readonly calls: AnsweredCall[]
  readonly queries: KeptReceipt[]
  /** Applications registered through the API. */
  readonly clients: string[]
  /** Told no, or nothing: allowed, and counted. */
  refused: number
}

export const nothingYet = (): Acknowledged => ({ calls: [], queries: [], clients: [], refused: 0 })

const TRY_AGAIN_MS = 30
/** Between one application's calls: enough to be always under way, not enough to starve what restarts. */
const CALL_MS = 10

/** Runs `once` again and again until told to stop; what it throws is a refusal. */
const loop = async (kept: Acknowledged, stop: AbortSignal, once: () => Promise<void>): Promise<void> => {
  while (!stop.aborted)
    await once().catch(async () => {
      kept.refused += 1
      await pause(TRY_AGAIN_MS)
    })
}

/** A department's application that signs in again whenever its gateway has forgotten it. */
export const callGateway = (
  kept: Acknowledged,
  stop: AbortSignal,
  { origin, client, resource }: { origin: string; client: TestClientRow; resource: TestResource },
): Promise<void> => {
  let caller: GatewayClient | undefined
  return loop(kept, stop, async () => {
    if (caller === undefined) {
      const fresh = new GatewayClient(origin, client)
      if ((await fresh.signIn()).status !== 201) throw new Error('not signed in')
      caller = fresh
    }
    const called = await caller.call({ resource, case_no: `QH${kept.calls.length}` }).catch(() => undefined)
    if (called?.status !== 200) {
      if (called === undefined || called.status === 401) caller = undefined
      throw new Error(`answered ${called?.status}`)
    }
    const [log_id, seq] = called.headers.get(PLANE.headers.receipt)!.split('/') as [string, string]
    const leaf = called.headers.get(PLANE.headers.leaf)!
    kept.calls.push({ log_id, seq: Number(seq), leaf, digest: hash('sha256', called.text, 'hex') })
    await pause(CALL_MS)
  })
}

const staff = (origin: string, { cookie, csrf }: Officer) =>
  makeCall({ origin, headers: () => ({ cookie, 'x-csrf-token': csrf }) })

const BETWEEN_MS = 200

/** An auditor who asks who looked, and keeps the receipts of having asked. */
export const askWhoLooked = (
  kept: Acknowledged,
  stop: AbortSignal,
  origin: string,
  officer: Officer,
): Promise<void> => {
  const call = staff(origin, officer)
  return loop(kept, stop, async () => {
    const body = { citizen_id: '63010319900101001X', reason: '演练：核对调用' }
    const { receipt } = await call(querySubject, { body })
    kept.queries.push(receipt)
    await pause(BETWEEN_MS)
  })
}

/** An officer who registers applications; each is a fact that the worker seals. */
export const registerApplications = (
  kept: Acknowledged,
  stop: AbortSignal,
  origin: string,
  officer: Officer,
): Promise<void> => {
  const call = staff(origin, officer)
  let n = 0
  return loop(kept, stop, async () => {
    n += 1
    const { client_id } = await call(registerClient, { body: { name: `演练系统 ${officer.csrf.slice(-6)}-${n}` } })
    kept.clients.push(client_id)
    await pause(BETWEEN_MS)
  })
}
