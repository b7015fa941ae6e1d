import { after, before, test } from 'node:test'
import { catalog, sharing } from '@sanjiang/contract'
import { norms } from '../../server/seeds/reference/norms.ts'
import { installNorms, refreshClusters } from '../../server/src/modules/catalog/index.ts'
import { ORGANS, openWorld, type Voice, type World } from '../../server/test/harness.ts'
import { publish } from '../../server/test/sharing-ground.ts'
import { openPortal, type Portal } from './portal.ts'

let portal: Portal<World>
let egov: Voice
let civil: Voice
before(async () => {
  portal = await openPortal(() => openWorld({ today: '2017-12-11' }))
  egov = await portal.world.signIn('egov', 'catalog_admin')
  civil = await portal.world.signIn('civil_affairs', 'consumer')
})
after(() => portal?.close())

const ADDRESS = { name: '户籍地址', name_en: 'address', share_type: 'unconditional' as const }

/** The same item of two departments, so that there is a cluster to read. */
const furnishCluster = async (): Promise<string> => {
  const { world } = portal
  await publish(world)
  await publish(world, { organ: 'social_security', name: '参保人员信息', items: [ADDRESS] })
  await refreshClusters(await world.ctx())
  return (await egov.call(catalog.listClusters, { query: {} })).rows[0]!.cluster_id
}

const fileDemand = (name: string, items: string[]) =>
  civil.call(sharing.fileDemand, {
    body: {
      name,
      items,
      purpose_code: 'data_verification',
      purpose_ref: '000114001000 最低生活保障对象认定',
      wanted_on: '2018-03-01',
    },
  })

test('the catalogue’s administrator finds one source, the standard, the library and harvest sound (R16, T2.1, T2.2)', async () => {
  const cluster = await furnishCluster()
  await installNorms(await portal.world.ctx(), norms)
  const STANDARD = { standard: '1272-2017' }
  const { edition } = await egov.call(catalog.draftEdition, { params: STANDARD, body: { note: '青海扩展' } })
  await portal.walk(egov, 'phone', {
    clusters: '/catalog/clusters',
    cluster: `/catalog/clusters/${cluster}`,
    edition: `/catalog/standard/1272-2017/${edition.version}`,
    transition: '/catalog/transition',
    norm: `/catalog/norms/${norms[0]!.norm_id}`,
    'harvest-form': '/catalog/harvest/new',
    synonyms: '/catalog/synonyms',
    'quality-rules': '/catalog/quality-rules',
  })
  await portal.walk(egov, 'desktop', {
    norms: '/catalog/norms',
    harvest: '/catalog/harvest',
    'entry-findings': '/catalog/entry-findings',
  })
})

test('who demands and who sees to supply find their pages sound (T1.2, G2)', async () => {
  const matched = await fileDemand('户籍人口', ['姓名', '公民身份号码'])
  const { demand_id } = await fileDemand('废旧渡船丈量卷宗', ['船名', '丈量日期'])
  const params = { id: demand_id }
  const duty = await egov.call(sharing.assignDuty, { params, body: { organ_id: ORGANS.police, note: '请编制并发布' } })
  await portal.walk(civil, 'phone', {
    'demand-board': '/sharing/demands',
    'demand-form': '/sharing/demands/new',
    demand: `/sharing/demands/${matched.demand_id}`,
  })
  await portal.walk(egov, 'desktop', {
    'demand-table': '/sharing/demands?view=table',
    demand: `/sharing/demands/${demand_id}`,
    duties: '/sharing/duties',
  })
  await portal.walk(egov, 'phone', { duty: `/sharing/duties/${duty.duty_id}`, 'supply-findings': '/sharing/findings' })
})
