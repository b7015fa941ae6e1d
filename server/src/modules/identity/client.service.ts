import { randomBytes, randomUUID } from 'node:crypto'
import type { Paged, Permission } from '@sanjiang/contract'
import type { Client } from '@sanjiang/contract/identity'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { sealSecret } from '#kernel/keys.ts'
import { toPage } from '#kernel/page.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { record } from '#kernel/record.ts'
import { checkAddresses, MAX_ACTIVE_KEYS, parsePublicKey } from './client.rules.ts'
import * as store from './client.store.ts'
import { getStandingOrgan } from './organ.service.ts'

const EDIT = 'identity.client.edit'
const SUSPEND = 'identity.client.suspend'

const verbsOf = (ctx: Ctx, { path, status, allowed_addresses }: store.ClientRow): string[] => {
  const isActive = status === 'active'
  const can: string[] = []
  if (reaches(scopeOf(ctx.actor, EDIT), path) && isActive) {
    can.push('add_key', 'revoke_key', 'set_addresses')
    if (allowed_addresses.length > 0) can.push('issue_secret')
  }
  if (reaches(scopeOf(ctx.actor, SUSPEND), path)) can.push(isActive ? 'suspend' : 'resume')
  return can
}

const toClient = (ctx: Ctx, row: store.ClientRow): Client => ({ ...row, can: verbsOf(ctx, row) }) as Client

export const listClients = async (
  ctx: Ctx,
  { after, limit = 20 }: { after?: string; limit?: number },
): Promise<Paged<Client>> => {
  const rows = await store.listClientRows(ctx.db, { scope: scopeOf(ctx.actor, 'identity.client.read'), after, limit })
  return toPage(
    rows.map((row) => toClient(ctx, row)),
    limit,
    ({ client_id }) => [client_id],
  )
}

export const getClient = async (ctx: Ctx, clientId: string): Promise<Client> => {
  const row = await store.findClient(ctx.db, scopeOf(ctx.actor, 'identity.client.read'), clientId)
  if (!row) throw new Fault('not_found')
  return toClient(ctx, row)
}

interface ClientRef {
  readonly client_id: string
  readonly organ_id: string
}

/** Every change of a client changes what the gateway may let through, so none is written without moving the policy. */
const note = async (tx: Tx, ctx: Ctx, change: { verb: string; client: ClientRef; after: unknown }) => {
  await bumpPolicy(tx)
  await record(tx, ctx, {
    type: `identity.client.${change.verb}`,
    subject_kind: 'identity.client',
    subject_id: change.client.client_id,
    organ_id: change.client.organ_id,
    after: change.after,
  })
}

export interface ClientDraft {
  readonly name: string
  readonly system_id?: string | null
  readonly allowed_addresses?: readonly string[]
}

/** Joins the caller's transaction; returns the new client's id. */
export const registerClientIn = async (
  tx: Tx,
  ctx: Ctx,
  { organ_id, draft }: { organ_id: string; draft: ClientDraft },
): Promise<string> => {
  const client: store.NewClient = {
    client_id: newId(),
    organ_id,
    name: draft.name.trim(),
    system_id: draft.system_id ?? null,
    allowed_addresses: checkAddresses(draft.allowed_addresses ?? []),
    registered_at: ctx.instant,
  }
  await store.insertClient(tx, client)
  await note(tx, ctx, { verb: 'registered', client, after: { name: client.name, addresses: client.allowed_addresses } })
  return client.client_id
}

/** Registers an application system of the actor's own organ; without a key it cannot call yet. */
export const registerClient = (ctx: Ctx, draft: ClientDraft): Promise<Client> =>
  inTx(ctx, async (tx, inner) => {
    const { organ } = ctx.actor
    if (!organ || !reaches(scopeOf(ctx.actor, EDIT), organ.path))
      throw new Fault('forbidden', '在本机构没有登记应用系统的权限')
    await getStandingOrgan(tx, organ.organ_id, ctx.today)
    return getClient(inner, await registerClientIn(tx, ctx, { organ_id: organ.organ_id, draft }))
  })

type LockedClient = NonNullable<Awaited<ReturnType<typeof store.lockClient>>>

const lock = async (tx: Tx, ctx: Ctx, { id, permission }: { id: string; permission: Permission }) => {
  const client = await store.lockClient(tx, scopeOf(ctx.actor, permission), id)
  if (!client) throw new Fault('not_found')
  return client
}

const lockForEdit = async (tx: Tx, ctx: Ctx, id: string): Promise<LockedClient> => {
  const client = await lock(tx, ctx, { id, permission: EDIT })
  if (client.status !== 'active') throw new Fault('wrong_state', '应用系统已停用')
  return client
}

export const setClientAddresses = (ctx: Ctx, id: string, addresses: readonly string[]): Promise<Client> =>
  inTx(ctx, async (tx, inner) => {
    const client = await lockForEdit(tx, ctx, id)
    const allowed_addresses = checkAddresses(addresses)
    await store.updateClient(tx, id, { allowed_addresses })
    await note(tx, ctx, { verb: 'addresses_set', client, after: { addresses: allowed_addresses } })
    return getClient(inner, id)
  })

/** Joins the caller's transaction. Several keys may be in force at once, so that rotation needs no common moment. */
export const addClientKeyIn = async (
  tx: Tx,
  ctx: Ctx,
  { client, public_key }: { client: ClientRef; public_key: string },
): Promise<string> => {
  const key = parsePublicKey(public_key)
  if ((await store.countActiveKeys(tx, client.client_id)) >= MAX_ACTIVE_KEYS)
    throw new Fault('wrong_state', `在用公钥已有 ${MAX_ACTIVE_KEYS} 把，请先吊销旧的`)
  await store.insertKey(tx, { ...key, client_id: client.client_id, added_at: ctx.instant })
  await note(tx, ctx, { verb: 'key_added', client, after: { key_id: key.key_id } })
  return key.key_id
}

export const addClientKey = (ctx: Ctx, id: string, public_key: string): Promise<Client> =>
  inTx(ctx, async (tx, inner) => {
    await addClientKeyIn(tx, ctx, { client: await lockForEdit(tx, ctx, id), public_key })
    return getClient(inner, id)
  })

/** Once this has returned, no call signed in with the key succeeds. A suspended client's keys can be revoked too. */
export const revokeClientKey = (ctx: Ctx, id: string, key_id: string): Promise<Client> =>
  inTx(ctx, async (tx, inner) => {
    const client = await lock(tx, ctx, { id, permission: EDIT })
    const { numUpdatedRows } = await store.revokeKey(tx, { client_id: id, key_id, revoked_at: ctx.instant })
    if (numUpdatedRows === 0n) throw new Fault('not_found', '没有这把在用的公钥')
    await note(tx, ctx, { verb: 'key_revoked', client, after: { key_id } })
    return getClient(inner, id)
  })

/**
 * Issues the shared secret of the national four-header scheme, shown once and sealed under the node's key; the one
 * before is void at once. That scheme signs little, so it is bound to addresses and needs some registered first.
 */
export const issueClientSecret = (ctx: Ctx, id: string): Promise<{ rid: string; secret: string }> =>
  inTx(ctx, async (tx) => {
    const client = await lockForEdit(tx, ctx, id)
    if (client.allowed_addresses.length === 0) throw new Fault('wrong_state', '四头签名方案须先登记来源地址白名单')
    const secret = randomBytes(16).toString('hex')
    const { rid } = await store.replaceSecret(tx, {
      client_id: id,
      rid: randomUUID(),
      sealed_secret: sealSecret(ctx.site.dataDir, secret),
      issued_at: ctx.instant,
    })
    await note(tx, ctx, { verb: 'secret_issued', client, after: { rid } })
    return { rid, secret }
  })

/** The security administrator's brake: once this has returned, no call of the client succeeds. */
export const suspendClient = (ctx: Ctx, id: string, reason: string): Promise<Client> =>
  inTx(ctx, async (tx, inner) => {
    const client = await lock(tx, ctx, { id, permission: SUSPEND })
    if (client.status !== 'active') throw new Fault('wrong_state')
    await store.updateClient(tx, id, { status: 'suspended' })
    await note(tx, ctx, { verb: 'suspended', client, after: { reason } })
    return getClient(inner, id)
  })

export const resumeClient = (ctx: Ctx, id: string): Promise<Client> =>
  inTx(ctx, async (tx, inner) => {
    const client = await lock(tx, ctx, { id, permission: SUSPEND })
    if (client.status !== 'suspended') throw new Fault('wrong_state')
    await store.updateClient(tx, id, { status: 'active' })
    await note(tx, ctx, { verb: 'resumed', client, after: {} })
    return getClient(inner, id)
  })
