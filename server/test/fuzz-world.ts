import { type Permission, ROLES, type Role, roleSpec, sharing } from '@sanjiang/contract'
import { type OrganKey, openWorld, type Voice, type World } from './harness.ts'
import { ask, publish, registerClient } from './sharing-ground.ts'

/** Marks planted in rows between two departments that no caller below belongs to: whoever reads one has seen too much. */
export const CANARY = { sharing: 'canary-sharing-7f3a', client: 'canary-client-7f3a' } as const

/** Whose permission, reaching the whole province, makes seeing a canary right. */
const ENTITLED: Record<keyof typeof CANARY, readonly Permission[]> = {
  sharing: ['sharing.request.read', 'sharing.grant.read', 'ledger.entry.read'],
  client: ['identity.client.read', 'sharing.grant.read', 'ledger.entry.read'],
}

export interface Caller {
  readonly label: string
  readonly organ: OrganKey
  readonly roles: readonly Role[]
  /** Canaries this caller must never see. */
  readonly forbidden: readonly string[]
  voice: Voice
}

const isProvincial = (role: Role, permission: Permission): boolean =>
  roleSpec(role).reach === 'province' && roleSpec(role).permissions.includes(permission)

const forbiddenTo = (roles: readonly Role[]): string[] =>
  (Object.keys(CANARY) as (keyof typeof CANARY)[])
    .filter((kind) => !roles.some((role) => ENTITLED[kind].some((permission) => isProvincial(role, permission))))
    .map((kind) => CANARY[kind])

/** Every role of two departments, and somebody without any. */
export const openCallers = async (world: World): Promise<Caller[]> => {
  const callers: Caller[] = []
  for (const organ of ['police', 'civil_affairs'] as const)
    for (const roles of [...(Object.keys(ROLES) as Role[]).map((role) => [role]), []])
      callers.push({
        label: `${organ}/${roles[0] ?? 'none'}`,
        organ,
        roles,
        forbidden: forbiddenTo(roles),
        voice: await world.signIn(organ, ...roles),
      })
  return callers
}

const answerHalf = async (provider: Voice, requestId: string, text: string): Promise<void> => {
  const { items } = await provider.call(sharing.getRequest, { params: { id: requestId } })
  const waiting = items.filter(({ state }) => state === 'pending')
  await provider.call(sharing.decideRequest, {
    params: { id: requestId },
    body: {
      items: waiting.map(({ item_id }, index) => ({
        item_id,
        outcome: index % 2 ? ('granted' as const) : ('refused' as const),
      })),
      reason_code: 'excessive_scope',
      reason_text: `${text} 所申请的信息项超出履行职责的需要`,
      opinion: text,
    },
  })
}

interface Pair {
  readonly consumer: OrganKey
  readonly provider: OrganKey
  readonly text: string
  readonly client: string
}

/** Requests in every state, grants, a correction, messages and a client between two departments. */
const deal = async (world: World, { consumer, provider, text, client }: Pair): Promise<void> => {
  const asker = await world.signIn(consumer, 'consumer')
  const answerer = await world.signIn(provider, 'provider')
  const resource = await publish(world, { organ: provider, name: `${provider}业务信息` })
  const client_id = await registerClient(world, consumer, client)
  const names = ['name', 'citizen_id', 'address']
  const more = { scenario: `${text} 核验身份`, purpose_ref: text, client_id }
  const requests = []
  for (let count = 0; count < 5; count += 1) requests.push(await ask(asker, resource, { names, more }))
  const [first, second, third] = requests.map(({ request_id }) => request_id)
  const said = { body: { text: `${text} 请予共享` } }
  for (const id of [first!, second!]) await answerHalf(answerer, id, text)
  await asker.call(sharing.disputeRequest, { params: { id: second! }, ...said })
  await asker.call(sharing.escalateRequest, { params: { id: second! }, ...said })
  await asker.call(sharing.sendMessage, { params: { id: third! }, ...said })
  await asker.call(sharing.raiseCorrection, {
    body: {
      resource_id: resource.resource_id,
      item_id: resource.item.name!,
      record_key_kind: 'other',
      record_key: `${text}-key`,
      wrong_value: text,
      suggested_value: text,
      evidence: text,
    },
  })
}

/** A province with dealings between the callers' departments, and others between departments that are no business of theirs. */
export const openFuzzWorld = async (): Promise<{ world: World; callers: Caller[] }> => {
  const world = await openWorld({ today: '2017-12-11' })
  await deal(world, { consumer: 'civil_affairs', provider: 'police', text: '低保核对', client: '低保系统' })
  await deal(world, { consumer: 'police', provider: 'civil_affairs', text: '婚姻核对', client: '户政系统' })
  const canary = { text: CANARY.sharing, client: CANARY.client }
  await deal(world, { consumer: 'commerce', provider: 'social_security', ...canary })
  await world.drain()
  return { world, callers: await openCallers(world) }
}
