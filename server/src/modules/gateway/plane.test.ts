import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { GatewayClient } from '#test/gateway-client.ts'
import { GatewayGround, saying } from '#test/gateway-ground.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

const PERSON = {
  name: '扎西卓玛',
  citizen_id: '63010319900101001X',
  address: '西宁市城东区',
  division: '630102',
  phone: '13900001234',
}
const SUBJECT_FIELDS = Object.keys(PERSON).map((item) => ({
  item,
  pointer: `/${item}`,
  subject: item === 'citizen_id' ? 'citizen_id' : null,
}))

test('a call shows the granted items only, masked as granted, and leaves a receipt that the ledger holds (T8.1, C1, C2)', async () => {
  const provider = await ground.provider(saying({ rows: [{ ...PERSON, secret: '不在目录' }] }))
  const resource = await ground.resource()
  const client = await ground.client()
  await ground.attach(resource, { url: `${provider.origin}/people`, fields: SUBJECT_FIELDS })
  await ground.grant({
    resource,
    client,
    items: ['name', 'citizen_id'],
    mask: { name: 'name', citizen_id: 'citizen_id' },
  })
  const gateway = await ground.gateway()
  const caller = new GatewayClient(gateway.address, client)
  assert.equal((await caller.signIn()).status, 201)
  const { status, answer, headers } = await caller.call({ resource, case_no: 'QH-2017-1', officer: '才让' })
  assert.equal(status, 200)
  assert.deepEqual(answer, {
    resource_code: resource.code,
    count: 1,
    rows: [{ name: '扎**玛', citizen_id: '630103********001X' }],
  })
  const [log_id, seq] = headers.get('sanjiang-receipt')!.split('/')
  const [entry] = await ground.sql<{ leaf: string; body: string }>(
    `select encode(leaf, 'hex') as leaf, body from ledger.entry where log_id = $1 and seq = $2`,
    [log_id, seq],
  )
  assert.equal(entry!.leaf, headers.get('sanjiang-leaf'))
  const { case_no, officer, purpose_ref, assurance, rows, subjects } = JSON.parse(entry!.body).body
  assert.deepEqual(
    { case_no, officer, purpose_ref, assurance, rows },
    { case_no: 'QH-2017-1', officer: '才让', purpose_ref: '630000-SX-0101', assurance: 'high', rows: 1 },
  )
  assert.equal(subjects.length, 1)
  assert.ok(!entry!.body.includes(PERSON.citizen_id))
})
