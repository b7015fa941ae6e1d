import { after, before, test } from 'node:test'
import { gateway, sharing, systems } from '@sanjiang/contract'
import { CITIZEN_ID, openProvince, type Province } from '../../server/test/province.ts'
import { openPortal, type Portal } from './portal.ts'

let portal: Portal<Province>
before(async () => {
  portal = await openPortal(openProvince)
})
after(() => portal?.close())

const ask = async ({ consumer, resource, client }: Province): Promise<sharing.RequestDetail> => {
  const body: sharing.RequestDraft = {
    resource_id: resource.resource_id,
    item_ids: resource.content.items
      .filter(({ share_type }) => share_type !== 'withheld')
      .map(({ item_id }) => item_id),
    purpose_code: 'business_collaboration',
    purpose_ref: '最低生活保障审核（630000-0311）',
    scenario: '审核低保申请时核对申请人身份与住址',
    client_id: client.client_id,
    quota: { count: 1000, period: 'day' },
    starts_on: '2017-12-11',
    ends_on: '2018-12-10',
    is_security_committed: true,
  }
  const { request_id } = await consumer.call(sharing.createRequest, { body })
  return consumer.call(sharing.submitRequest, { params: { id: request_id } })
}

/** One request that waits, one grant, one correction, one service, one system: every page has something to show. */
const furnishPages = async (world: Province) => {
  const { consumer, provider, cataloger } = world
  const waiting = await ask(world)
  const [grant] = (await consumer.call(sharing.listGrants, { query: { side: 'consumer' } })).rows
  const correction = await consumer.call(sharing.raiseCorrection, {
    body: {
      resource_id: world.resource.resource_id,
      item_id: grant!.items[0]!.item_id,
      record_key_kind: 'citizen_id',
      record_key: CITIZEN_ID,
      wrong_value: '男',
      evidence: '申请人出示的户口簿',
    },
  })
  await provider.call(gateway.attachService, { body: world.service })
  const system = await cataloger.call(systems.registerSystem, {
    body: {
      organ_id: cataloger.organ_id,
      name: '人口信息管理系统',
      function_desc: '户籍登记、迁移、注销',
      usage_scope: 'province',
      usage_frequency: 'daily',
      is_on_cloud: true,
    },
  })
  return { waiting, grant: grant!, correction, system }
}

test('both sides of an exchange find their pages sound on a phone (T5.2)', async () => {
  const { world } = portal
  const { waiting, grant, correction } = await furnishPages(world)
  await portal.walk(world.consumer, 'phone', {
    'requests-consumer': '/sharing/requests',
    'request-form': `/sharing/requests/new?resource=${world.resource.resource_id}`,
    request: `/sharing/requests/${waiting.request_id}`,
    'grants-consumer': '/sharing/grants?side=consumer',
    grant: `/sharing/grants/${grant.grant_id}`,
    'correction-form': `/sharing/corrections/new?grant=${grant.grant_id}`,
    correction: `/sharing/corrections/${correction.correction_id}`,
    console: '/gateway/trials',
    clients: '/identity/clients',
    client: `/identity/clients/${world.client.client_id}`,
    account: '/identity/account',
  })
  await portal.walk(world.provider, 'phone', {
    'requests-provider': '/sharing/requests?view=table&side=provider',
    decision: `/sharing/requests/${waiting.request_id}`,
    corrections: '/sharing/corrections',
    services: '/gateway/services',
    'service-form': `/gateway/services/new?resource=${world.resource.resource_id}`,
  })
})

test('the three administrators and the auditor find their pages sound (T16.1, C2)', async () => {
  const { world } = portal
  await portal.walk(await world.signIn('egov', 'system_admin'), 'phone', {
    persons: '/identity/persons',
    organs: '/identity/organs',
    organ: `/identity/organs/${world.provider.organ_id}`,
  })
  await portal.walk(await world.signIn('egov', 'security_admin'), 'desktop', { persons: '/identity/persons' })
  await portal.walk(await world.signIn('audit', 'audit_admin'), 'desktop', { access: '/ledger/access' })
  await portal.walk(await world.signIn('audit', 'auditor'), 'phone', {
    logs: '/ledger/logs',
    entries: '/ledger/entries',
    consistency: '/ledger/consistency',
    export: '/ledger/export',
    'subject-query': '/ledger/subject-queries',
    statistics: '/assessment/statistics?by=region',
    'statistics-records': '/assessment/statistics/records?measure=requests',
  })
  await portal.walk(await world.signIn('audit', 'auditor'), 'desktop', { statistics: '/assessment/statistics' })
  const [system] = (await world.cataloger.call(systems.listSystems, { query: {} })).rows
  await portal.walk(world.cataloger, 'phone', {
    systems: '/systems/systems',
    system: `/systems/systems/${system!.system_id}`,
    'system-form': '/systems/systems/new',
  })
})
