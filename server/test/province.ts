import { type catalog, identity } from '@sanjiang/contract'
import type { ServiceDraft } from '@sanjiang/contract/gateway'
import { makeLog } from '#kernel/log.ts'
import { openGateway } from '#modules/gateway/index.ts'
import { openNodeKeys, startCheckpointing } from '#modules/ledger/index.ts'
import { BASIS, type CatalogWorld, furnish, ITEM, publish } from './catalog-world.ts'
import { startProvider } from './gateway-ground.ts'
import { openWorld, type Voice } from './harness.ts'
import { freePort } from './ports.ts'

/** A department that provides, one that asks, and everything that runs between them. */
export interface Province extends CatalogWorld {
  readonly provider: Voice
  readonly resource: catalog.ResourceDetail
  readonly client: identity.Client
  /** Mapping of the police's service onto the resource. */
  readonly service: ServiceDraft
}

const person = (name: string, name_en: string, more: catalog.ItemDraft = {}): catalog.ItemDraft => ({
  ...ITEM,
  name,
  name_en,
  share_type: 'conditional',
  share_condition: '用于行政审批中核验身份',
  open_type: 'closed',
  sensitivity: 'L3',
  ...more,
})

const PEOPLE: catalog.ResourceDraft = {
  class_code: '363007',
  name: '户籍人口基本信息',
  name_en: 'Registered Population',
  summary: '全省户籍人口的姓名、公民身份号码、户籍地址等登记信息。',
  format_category: 'database',
  format_type: 'oracle',
  // The resource is as open as its most open item; items may only be stricter.
  share_type: 'unconditional',
  share_method_category: 'platform',
  share_method_type: 'database',
  open_type: 'closed',
  update_cycle: 'daily',
  keywords: ['人口'],
  items: [
    person('姓名', 'name', { mask_rule: 'name' }),
    person('公民身份号码', 'citizen_id', { length: 18, is_key: true, mask_rule: 'citizen_id' }),
    person('性别', 'sex', { share_type: 'unconditional', share_condition: null, sensitivity: 'L1', length: 1 }),
    person('户籍地址', 'address'),
    person('人口状态', 'person_state'),
    person('重点人员标识', 'watch_flag', {
      share_type: 'withheld',
      share_condition: null,
      withheld_basis: BASIS,
      sensitivity: 'L4',
    }),
  ],
}

export const CITIZEN_ID = '63010219900307351X'
const ROW = {
  name: '卓玛措',
  citizen_id: CITIZEN_ID,
  sex: '女',
  address: '青海省西宁市城东区八一路12号',
  person_state: '正常',
  watch_flag: '0',
}

const serviceOf = (origin: string, resource_id: string): ServiceDraft => ({
  resource_id,
  body_kind: 'json',
  method: 'GET',
  url: `${origin}/people`,
  parameters: [{ name: 'citizen_id', in: 'query', item: 'citizen_id', required: true, subject: 'citizen_id' }],
  rows_pointer: '/data',
  fields: ['name', 'citizen_id', 'sex', 'address', 'person_state'].map((item) => ({ item, pointer: `/${item}` })),
  ok_rule: { pointer: '/code', values: [0] },
})

/** The whole main job on one machine: API, gateway, a department's service, and checkpoints being signed. */
export const openProvince = async (): Promise<Province> => {
  const port = await freePort()
  await using parts = new AsyncDisposableStack()
  const world = parts.adopt(await openWorld({ gatewayOrigin: `http://127.0.0.1:${port}` }), (one) => one.close())
  await furnish(world)
  const catalogWorld: CatalogWorld = {
    ...world,
    cataloger: await world.signIn('police', 'cataloger'),
    reviewer: await world.signIn('police', 'dept_reviewer'),
    admin: await world.signIn('egov', 'catalog_admin'),
    consumer: await world.signIn('civil_affairs', 'consumer'),
  }
  const service = await startProvider((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, data: [ROW] }))
  })
  parts.defer(() => service.close())
  const gateway = await openGateway({
    databaseUrl: world.url,
    dataDir: world.dataDir,
    demo: true,
    host: '127.0.0.1',
    port,
    egressAllow: ['127.0.0.0/8'],
    log: makeLog('gateway', 'silent'),
  })
  parts.adopt(startCheckpointing(world.house, openNodeKeys(world.house.site), 200), (one) => one.stop())
  parts.defer(() => gateway.close())
  const resource = await publish(catalogWorld, PEOPLE)
  const provider = await world.signIn('police', 'provider')
  const client = await catalogWorld.consumer.call(identity.registerClient, { body: { name: '社会救助核对系统' } })
  const all = parts.move()
  return {
    ...catalogWorld,
    ...{ provider, resource, client, service: serviceOf(service.origin, resource.resource_id) },
    close: () => all.disposeAsync(),
  }
}
