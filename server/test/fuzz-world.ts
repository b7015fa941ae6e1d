import { generateKeyPairSync } from 'node:crypto'
import {
  API_PREFIX,
  catalog,
  gateway,
  identity,
  type Permission,
  ROLES,
  type Role,
  roleSpec,
  sharing,
} from '@sanjiang/contract'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { makeCheckpointer, openNodeKeys } from '#modules/ledger/index.ts'
import { draftOf } from './catalog-world.ts'
import { type Corpus, type Entry, keepCall } from './fuzz-shots.ts'
import { type OrganKey, openWorld, type Voice, type World } from './harness.ts'
import { ask, CLASSES, type PublishedResource, publish } from './sharing-ground.ts'

/** Marks planted in rows between two departments that no caller below belongs to: whoever reads one has seen too much. */
export const CANARY = {
  sharing: 'canary-sharing-7f3a',
  client: 'canary-client-7f3a',
  draft: 'canary-draft-7f3a',
} as const

/** Whose permission, reaching the whole province, makes seeing a canary right. */
const ENTITLED: Record<keyof typeof CANARY, readonly Permission[]> = {
  sharing: ['sharing.request.read', 'sharing.grant.read', 'ledger.entry.read'],
  client: ['identity.client.read', 'sharing.grant.read', 'ledger.entry.read'],
  draft: ['catalog.resource.publish', 'ledger.entry.read'],
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

/** A system with a key, addresses and a secret, and the provider's service behind a resource. */
const connect = async (world: World, { consumer, provider, client }: Pair, resource: PublishedResource) => {
  const [registrar, host] = [await world.signIn(consumer, 'consumer'), await world.signIn(provider, 'provider')]
  const { client_id } = await registrar.call(identity.registerClient, { body: { name: client } })
  const params = { id: client_id }
  const { publicKey } = generateKeyPairSync('ed25519')
  const public_key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const { keys } = await registrar.call(identity.addClientKey, { params, body: { public_key } })
  await registrar.call(identity.setClientAddresses, { params, body: { allowed_addresses: ['10.1.2.3'] } })
  await registrar.call(identity.issueClientSecret, { params })
  await registrar.call(identity.revokeClientKey, { params: { id: client_id, key_id: keys[0]!.key_id } })
  await host.call(gateway.attachService, {
    body: {
      resource_id: resource.resource_id,
      body_kind: 'json',
      method: 'GET',
      url: `http://127.0.0.1:9/${client}`,
      parameters: [{ name: 'citizen_id', in: 'query', item: 'citizen_id', required: true, subject: 'citizen_id' }],
      rows_pointer: '/data',
      fields: ['name', 'sex', 'citizen_id', 'address'].map((item) => ({ item, pointer: `/${item}` })),
      ok_rule: { pointer: '/code', values: [0] },
    },
  })
  return client_id
}

/** Requests in every state, grants, a correction, messages and a client between two departments. */
const deal = async (world: World, pair: Pair): Promise<void> => {
  const { consumer, provider, text } = pair
  const asker = await world.signIn(consumer, 'consumer')
  const answerer = await world.signIn(provider, 'provider')
  const resource = await publish(world, { organ: provider, name: `${provider}业务信息` })
  const client_id = await connect(world, pair, resource)
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

/** An entry in every state of its way, each with its own content. */
const compile = async (world: World, { provider, text }: Pick<Pair, 'provider' | 'text'>): Promise<void> => {
  const cataloger = await world.signIn(provider, 'cataloger')
  const reviewer = await world.signIn(provider, 'dept_reviewer')
  const create = async (state: string) => {
    const body = { ...draftOf(`${text} ${state}`), class_code: CLASSES[provider] }
    return (await cataloger.call(catalog.createResource, { body })).resource_id
  }
  await create('草稿')
  const [submitted, approved] = [await create('待部门审核'), await create('待平台审核')]
  for (const id of [submitted, approved]) await cataloger.call(catalog.submitResource, { params: { id } })
  await reviewer.call(catalog.approveResource, { params: { id: approved }, body: {} })
  const removed = await create('将删除')
  await cataloger.call(catalog.removeResource, { params: { id: removed } })
}

// Whoever sends a canary himself may well read it again.
const scrub = (body: string): string =>
  Object.values(CANARY).reduce((text, mark) => text.replaceAll(mark, '核对'), body)

/** Keeps what succeeds while the world is furnished. */
const listen = ({ app }: World, entries: readonly Entry[]): Corpus => {
  const corpus: Corpus = new Map()
  const shapes = entries.map((entry) => ({
    entry,
    method: entry.endpoint.method,
    path: new RegExp(`^${API_PREFIX}${entry.endpoint.path.replace(/:\w+/g, '[^/?]+')}(\\?.*)?$`),
  }))
  const inject = app.inject.bind(app) as (options: InjectOptions) => Promise<LightMyRequestResponse>
  const listening = async (options: InjectOptions): Promise<LightMyRequestResponse> => {
    const answer = await inject(options)
    const { method = 'GET', url, payload } = options
    const shape = shapes.find((one) => one.method === method && one.path.test(String(url)))
    if (shape && answer.statusCode < 400)
      keepCall(corpus, shape.entry, {
        url: String(url),
        body: typeof payload === 'string' ? scrub(payload) : undefined,
      })
    return answer
  }
  Object.assign(app, { inject: listening })
  return corpus
}

/** A province with dealings between the callers' departments, and others between departments that are no business of theirs. */
export const openFuzzWorld = async (entries: readonly Entry[]) => {
  await using parts = new AsyncDisposableStack()
  const world = parts.adopt(await openWorld({ today: '2017-12-11' }), (one) => one.close())
  const corpus = listen(world, entries)
  const mine: Pair = { consumer: 'civil_affairs', provider: 'police', text: '低保核对', client: 'dibao' }
  const theirs: Pair = {
    consumer: 'commerce',
    provider: 'social_security',
    text: CANARY.sharing,
    client: CANARY.client,
  }
  for (const pair of [theirs, { ...mine, consumer: mine.provider, provider: mine.consumer, client: 'huzheng' }, mine]) {
    await deal(world, pair)
    await compile(world, { provider: pair.provider, text: pair === theirs ? CANARY.draft : pair.text })
  }
  await world.drain()
  await makeCheckpointer(world.house, openNodeKeys(world.house.site)).tick()
  const callers = await openCallers(world)
  parts.move()
  return { world, callers, corpus }
}
