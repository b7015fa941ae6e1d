import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, ledger as ledgerContract, type Role, sharing } from '@sanjiang/contract'
import type { RowAnswer, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { parseTrust, ROW_HANDLE, type RowReport, verifyRowFile } from '@sanjiang/seal'
import { nodeHasher, nodeSignatureCheck } from '@sanjiang/seal/node'
import { baseRunOf } from '#test/exchange-chunks.ts'
import { HAN, MA, NOBODY, openDeliveries, openRowGround, type RowGround, ZHAXI } from '#test/exchange-rows.ts'
import { type OrganKey, openWorld, type Voice, type World } from '#test/harness.ts'

let world: World
let police: Voice
let civil: Voice
let auditor: Voice
let ground: RowGround

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  auditor = await world.signIn('audit', 'auditor')
  ground = await openRowGround(world, { police, civil })
})
after(async () => {
  await ground?.close()
  await world?.close()
})

const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
const valuesOf = (of: Record<string, string | null>) => Object.entries(of).map(([item, value]) => ({ item, value }))

interface Asked {
  readonly key: Record<string, string>
  readonly row?: Record<string, string | null>
  readonly from?: string
  readonly to?: string
}

const ask = (
  voice: Voice,
  { subscription_id }: SubscriptionDetail,
  { key, row, from, to }: Asked,
): Promise<RowAnswer> =>
  voice.call(exchange.askRow, {
    params: { id: subscription_id },
    body: {
      key: valuesOf(key),
      ...(row && { row: valuesOf(row) }),
      from: from ?? today(),
      to: to ?? today(),
      reason: '当事人申请核实，受理单 2017-1211',
    },
  })

/** As somebody does who has the file and the node's published keys, and nothing else. */
const offline = async (text: string): Promise<RowReport> => {
  const trust = parseTrust(JSON.stringify(await civil.call(ledgerContract.getTrust, {})))
  return verifyRowFile(text, trust, { hasherFor: nodeHasher, checkSignature: nodeSignatureCheck })
}

const proven = async (answer: RowAnswer): Promise<string> => {
  const report = await offline(answer.proof)
  assert.deepEqual(report.findings, [])
  assert.equal(report.verdict, answer.verdict)
  assert.deepEqual(
    report.deliveries.map(({ outcome }) => outcome),
    answer.deliveries.map(({ outcome }) => outcome),
  )
  return answer.verdict
}

let plain: SubscriptionDetail

test('whether a row was delivered is answered with a file that proves it without the platform (C3)', async () => {
  plain = await ground.supply('gongxiang.plain', ['name', 'sex', 'citizen_id'])
  const row = { citizen_id: ZHAXI, name: '扎**玛', sex: '2' }
  const shown = await ask(civil, plain, { key: { citizen_id: ZHAXI }, row })
  assert.equal(await proven(shown), 'row')
  assert.ok(!shown.proof.includes(MA) && !shown.proof.includes('马*兰'), 'nothing of other rows')
  assert.equal(await proven(await ask(police, plain, { key: { citizen_id: ZHAXI } })), 'key')
  // As the provider has it, not as it was delivered: masked.
  const unmasked = { ...row, name: '扎西卓玛' }
  assert.equal(await proven(await ask(auditor, plain, { key: { citizen_id: ZHAXI }, row: unmasked })), 'key')
  assert.equal(await proven(await ask(auditor, plain, { key: { citizen_id: NOBODY } })), 'absent')
  const before = { key: { citizen_id: ZHAXI }, from: '2017-01-01', to: '2017-01-02' }
  assert.equal(await proven(await ask(auditor, plain, before)), 'none')
})

test('a row taken away by a later change is told as removed, and the proof of its delivery stays (C3)', async () => {
  const [{ run_id } = { run_id: '' }] = await world.sql<{ run_id: string }>(
    `insert into exchange.run (run_id, feed_id, feed_version, kind, state, items, ordered_at)
     values (gen_random_uuid(), $1, 1, 'changes', 'running', '[]', now()) returning run_id`,
    [ground.feed.feed_id],
  )
  const lines = [`-\t${MA}\t\\N\t\\N`, `+\t${HAN}\t韩文\t1`, `-\t${NOBODY}\t\\N\t\\N`]
  const seq = await ground.put(run_id, 'changes', lines, '0000000000000020')
  await ground.fetchAll(plain, seq)
  const outcomesOf = async (key: string) => {
    const answer = await ask(police, plain, { key: { citizen_id: key } })
    await proven(answer)
    return answer.deliveries.filter(({ rows }) => rows > 0).map(({ outcome }) => outcome)
  }
  assert.deepEqual(await outcomesOf(MA), ['key', 'removal'])
  assert.deepEqual(await outcomesOf(HAN), ['key', 'key'])
  const never = await ask(police, plain, { key: { citizen_id: NOBODY } })
  assert.equal(await proven(never), 'removal')
})

test('under handles the provider asks by the key, the consumer by the handle it holds and never by the key (C1, C3)', async () => {
  const handled = await ground.supply('gongxiang.handled', ['name', 'sex'])
  const shown = await police.call(exchange.getSubscription, { params: { id: handled.subscription_id } })
  assert.deepEqual(shown.row_leaves, {
    kept: true,
    months: 6,
    key: [{ item: 'citizen_id', name: '公民身份号码' }],
    items: [
      { item: 'name', name: '姓名' },
      { item: 'sex', name: '性别' },
    ],
  })
  const row = { name: '马*兰', sex: '2' }
  const byKey = await ask(police, handled, { key: { citizen_id: MA }, row })
  assert.equal(await proven(byKey), 'row')
  const { question } = (await offline(byKey.proof)) as { question: { key: string; handle_of?: string } }
  assert.equal(question.handle_of, MA)
  assert.equal(await proven(await ask(police, handled, { key: { citizen_id: NOBODY } })), 'absent')
  const own = await civil.call(exchange.getSubscription, { params: { id: handled.subscription_id } })
  assert.deepEqual(
    own.row_leaves.key.map(({ item }) => item),
    [ROW_HANDLE],
  )
  const byHandle = await ask(civil, handled, { key: { row_handle: question.key }, row })
  assert.equal(await proven(byHandle), 'row')
  assert.ok(!byHandle.proof.includes(MA))
  const body = { key: valuesOf({ citizen_id: MA }), from: today(), to: today(), reason: '想知道是谁' }
  const problem = await civil.refused(exchange.askRow, { params: { id: handled.subscription_id }, body })
  assert.deepEqual([problem.code, problem.fields?.[0]?.rule], ['invalid', 'row_handle'])
})

test('asking is sealed with its reason before it is answered, the person as a keyed hash (C2)', async () => {
  const { receipt } = await ask(police, plain, { key: { citizen_id: ZHAXI } })
  const [entry] = await world.sql<{ kind: string; body: string }>(
    'select kind, body from ledger.entry where log_id = $1 and seq = $2',
    [receipt.log_id, receipt.seq],
  )
  assert.equal(entry!.kind, 'access')
  const { body } = JSON.parse(entry!.body)
  assert.equal(body.topic, 'exchange.row.asked')
  assert.equal(body.actor_id, police.person_id)
  assert.match(body.reason, /受理单/)
  assert.ok(!entry!.body.includes(ZHAXI))
  const query = { body: { citizen_id: ZHAXI, reason: '本人到窗口申请查询' } }
  const traces = await auditor.call(ledgerContract.querySubject, query)
  assert.ok(traces.rows.some(({ log_id, seq }) => log_id === receipt.log_id && seq === receipt.seq))
})

test('only the provider’s and the consumer’s own officers and the auditor may ask (T16.1)', async () => {
  const asking = (voice: Voice) =>
    voice.refused(exchange.askRow, {
      params: { id: plain.subscription_id },
      body: { key: valuesOf({ citizen_id: ZHAXI }), from: today(), to: today(), reason: '核实一下' },
    })
  const outsiders: readonly (readonly [OrganKey, Role, string])[] = [
    ['social_security', 'consumer', 'not_found'],
    ['social_security', 'provider', 'not_found'],
    ['police', 'cataloger', 'forbidden'],
    ['civil_affairs', 'leader', 'forbidden'],
    ['egov', 'catalog_admin', 'forbidden'],
    ['egov', 'system_admin', 'forbidden'],
  ]
  for (const [organ, role, code] of outsiders)
    assert.equal((await asking(await world.signIn(organ, role))).code, code, `${organ} ${role}`)
  const cataloger = await world.signIn('police', 'cataloger')
  const seen = await cataloger.call(exchange.getSubscription, { params: { id: plain.subscription_id } })
  assert.ok(!seen.can.includes('ask_row'))
})

test('what is asked for is refused by name when it is not the key’s, not the whole row, or runs backwards (T8.1)', async () => {
  const refuse = async (body: object) => {
    const right = { key: valuesOf({ citizen_id: ZHAXI }), from: today(), to: today(), reason: '核实一下' }
    const params = { id: plain.subscription_id }
    const { fields } = await civil.refused(exchange.askRow, { params, body: { ...right, ...body } })
    return fields?.[0]?.field
  }
  assert.equal(await refuse({ key: valuesOf({ name: '马玉兰' }) }), 'key')
  assert.equal(await refuse({ key: valuesOf({ row_handle: '0'.repeat(32) }) }), 'key')
  assert.equal(await refuse({ row: valuesOf({ name: '扎**玛' }) }), 'row')
  assert.equal(await refuse({ from: '2017-02-01', to: '2017-01-01' }), 'to')
  assert.equal(await refuse({ after: 'x' }), 'after')
})

const traced = async (citizen_id: string) => {
  const body = { citizen_id, reason: '本人到窗口申请查询，受理单 2017-1212' }
  const { rows, next } = await auditor.call(exchange.traceSubject, { body })
  assert.equal(next, null)
  return rows
}

test('a person sees the bulk deliveries that his row stood in, under the key and under a handle, with whose and why (C2)', async () => {
  const seen = await traced(MA)
  assert.equal(seen.length, 2, 'one under the key, one under a handle; the word that she is gone is none')
  for (const row of seen) {
    assert.deepEqual(
      [row.kind, row.provider_name, row.consumer_name],
      ['chunk_delivered', '青海省公安厅', '青海省民政厅'],
    )
    assert.ok(row.purpose_code)
    const [entry] = await world.sql<{ leaf: Buffer }>('select leaf from ledger.entry where log_id = $1 and seq = $2', [
      row.log_id,
      row.seq,
    ])
    assert.equal(entry!.leaf.toString('hex'), row.leaf)
  }
  assert.equal((await traced(HAN)).length, 3)
  assert.deepEqual(await traced(NOBODY), [])
  const asked = await auditor.call(ledgerContract.querySubject, {
    body: { citizen_id: MA, reason: '再查一次，看是否留痕' },
  })
  assert.ok(asked.rows.some(({ topic }) => topic === 'exchange.subject.traced'))
  const body = { citizen_id: MA, reason: '想看看是谁' }
  assert.equal((await police.refused(exchange.traceSubject, { body })).code, 'forbidden')
  const wrong = await auditor.refused(exchange.traceSubject, { body: { ...body, citizen_id: '1' } })
  assert.equal(wrong.fields?.[0]?.field, 'citizen_id')
})

test('what was sealed but taken back before it left is no delivery of the row (C1, C3)', async () => {
  const late = await ground.supply('gongxiang.late', ['sex', 'citizen_id'])
  const { subscription_id, grant_id } = late
  const run = await baseRunOf(world, subscription_id)
  const lines = Array.from({ length: 20 }, (_, n) => `${NOBODY.slice(0, 15)}${100 + n}\t某\t1`)
  let from = -1
  for (const line of lines) {
    const seq = await ground.put(run, 'rows', [line])
    from = from < 0 ? seq : from
  }
  const stream = await ground.delivery.frames(ground.civilAgent, subscription_id, { from, run })
  assert.ok(!(await stream!.next()).done)
  await police.call(sharing.revokeGrant, { params: { id: grant_id }, body: { reason: '用途已变' } })
  await assert.rejects(async () => {
    for await (const _ of stream!);
  })
  await ground.sign()
  const answer = await ask(police, late, { key: { citizen_id: NOBODY } })
  assert.equal(await proven(answer), 'absent')
  const withheld = answer.deliveries.filter(({ outcome }) => outcome === 'withheld')
  assert.ok(withheld.length > 0)
  const taken = lines[withheld[0]!.seq - from]!.split('\t')[0]!
  assert.equal(await proven(await ask(police, late, { key: { citizen_id: taken } })), 'absent')
})

test('leaves stand before the receipt that carries their root, and without one nothing has left (C3)', async () => {
  const broken = await ground.supply('gongxiang.broken', ['name', 'citizen_id'])
  const { subscription_id } = broken
  const run = await baseRunOf(world, subscription_id)
  const from = await ground.put(run, 'rows', [`${NOBODY}\t某人\t1`])
  const kept = () => world.sql('select from exchange.row_leaves where subscription_id = $1', [subscription_id])
  const before = (await kept()).length
  const other = await openDeliveries(world)
  await other.ledger.close()
  await assert.rejects(async () => {
    const stream = await other.delivery.frames(ground.civilAgent, subscription_id, { from, run })
    for await (const _ of stream ?? []) assert.fail('a frame left without a receipt')
  }, /ledger|存证/)
  await other.close()
  assert.equal((await kept()).length, before + 1)
  assert.equal(await proven(await ask(police, broken, { key: { citizen_id: NOBODY } })), 'absent')
  assert.deepEqual(await traced(NOBODY), [])
  await ground.fetchAll(broken, from)
  assert.equal(await proven(await ask(police, broken, { key: { citizen_id: NOBODY } })), 'key')
})

test('leaves that somebody changed, and those whose time is over, prove nothing and are said to (C3, T16.3)', async () => {
  const other = await ground.supply('gongxiang.other', ['sex', 'citizen_id'])
  const asked = () => ask(auditor, other, { key: { citizen_id: ZHAXI } })
  assert.equal(await proven(await asked()), 'key')
  const where = `where subscription_id = '${other.subscription_id}'`
  await world.sql(
    `update exchange.row_leaves set sealed = set_byte(sealed, 60, (get_byte(sealed, 60) + 1) % 256) ${where}`,
  )
  assert.equal(await proven(await asked()), 'unproven')
  await world.sql(`delete from exchange.row_leaves ${where}`)
  assert.equal(await proven(await asked()), 'unproven')
})

test('a receipt shows the root of its rows’ leaves, and the data itself is not kept (C3)', async () => {
  const { rows } = await civil.call(exchange.listDeliveries, { params: { id: plain.subscription_id }, query: {} })
  const filled = rows.filter(({ kind }) => kind === 'rows' || kind === 'changes')
  assert.ok(filled.length > 0 && filled.every(({ row_root }) => /^[0-9a-f]{64}$/.test(row_root ?? '')))
  const kept = await world.sql<{ bytes: number; rows: number }>(
    `select length(sealed) as bytes, rows from exchange.row_leaves where subscription_id = $1`,
    [plain.subscription_id],
  )
  // 48 bytes a row, 32 of salt, 37 of sealing.
  assert.deepEqual(
    kept.map(({ bytes }) => bytes),
    kept.map(({ rows }) => 48 * rows + 32 + 37),
  )
})
