import type { RequestListener } from 'node:http'
import type { GatewayOptions, PlaneServer } from '#modules/gateway/index.ts'
import { GatewayClient } from './gateway-client.ts'
import {
  type GatewayGround,
  type GrantOrder,
  PERSON,
  type Provider,
  type ServiceOrder,
  saying,
  type TestClientRow,
  type TestResource,
} from './gateway-ground.ts'

export interface Scene {
  readonly provider: Provider
  readonly resource: TestResource
  readonly client: TestClientRow
  readonly grantId: string
  readonly sid: string
  readonly gateway: PlaneServer
  /** Signed in at `gateway`. */
  readonly caller: GatewayClient
}

export interface SceneOrder {
  readonly answer?: RequestListener
  readonly service?: Partial<ServiceOrder>
  readonly grant?: Partial<GrantOrder>
  readonly addresses?: string[]
  readonly gateway?: Partial<GatewayOptions>
}

/** A provider that runs, a resource attached to it, a client with a grant, a gateway, and the client signed in there. */
export const setScene = async (ground: GatewayGround, order: SceneOrder = {}): Promise<Scene> => {
  const provider = await ground.provider(order.answer ?? saying({ rows: [PERSON] }))
  const resource = await ground.resource()
  const client = await ground.client({ addresses: order.addresses })
  const sid = await ground.attach(resource, { url: `${provider.origin}/people`, ...order.service })
  const grantId = await ground.grant({ resource, client, ...order.grant })
  const gateway = await ground.gateway(order.gateway)
  const caller = new GatewayClient(gateway.address, client)
  await caller.signIn()
  return { provider, resource, client, grantId, sid, gateway, caller }
}
