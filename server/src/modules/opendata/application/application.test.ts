import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inbox, opendata } from '@sanjiang/contract'
import type { Ctx } from '#kernel/ctx.ts'
import { publishReleases } from '#modules/opendata/index.ts'
import {
  APPROVE,
  type ApplicationGround,
  keyHash,
  openApplications,
  paramsOf,
  REFUSE,
  sha,
} from '#test/application-ground.ts'
import { overPublic } from '../connection.ts'
import { pullSubmissions } from '../intake/pull.service.ts'
import { pullOnce } from '../intake/puller.ts'
import { forgetApplicants, watchDeadlines } from './deadline.service.ts'
import { carryPromises } from './promise.service.ts'

let ground: ApplicationGround
before(async () => {
  ground = await openApplications()
})
after(() => ground?.close())

/** A turn of the puller that dies before it says this outside. */
const killedAt = (ctx: Ctx, words: string) =>
  assert.rejects(
    overPublic(ctx, (client) => {
      const query = client.query.bind(client)
      client.query = ((text: string, ...rest: never[]) => {
        if (text.includes(words)) throw new Error('killed')
        return query(text, ...rest)
      }) as never
      return pullOnce(ctx, client)
    }),
    /killed/,
  )

test('an application goes from receipt through one notice, two persons and a signed agreement to a key, and is revoked (T4.2)', async () => {
  const applied = await ground.apply()
  const received = await ground.find(applied)
  assert.deepEqual(
    [received.state, received.can, received.applicant?.phone],
    ['received', ['accept', 'notice'], '13997001234'],
  )
  const noticed = await ground.provider.call(opendata.noticeApplication, {
    ...paramsOf(received),
    body: { revision: received.revision, parts: [{ code: 'qualification', text: '请提供课题立项编号' }] },
  })
  assert.equal(noticed.decide_clock.light, 'idle')
  await ground.turn()
  assert.deepEqual((await ground.standing(applied)).can, ['mend'])
  await ground.world.setToday('2017-12-18')
  assert.equal(await ground.say(applied, 'mend', { qualification: '立项编号 2017-ZJ-001' }), 'accepted')
  assert.equal(await ground.say(applied, 'mend', { qualification: '再说一次' }), 'known')
  await ground.turn()
  const mended = await ground.find(applied)
  assert.deepEqual(
    [mended.state, mended.can, mended.answers[0]?.text],
    ['received', ['accept'], '立项编号 2017-ZJ-001'],
  )
  assert.deepEqual([mended.decide_clock.used_days, mended.decide_clock.due_on], [0, '2018-01-16'])
  const agreed = await ground.decide(applied, APPROVE)
  assert.deepEqual(
    [agreed.state, agreed.agreement?.ends_on, agreed.decide_clock.on_time],
    ['agreement', '2018-06-17', true],
  )
  const key_hash = keyHash()
  assert.equal(await ground.confirm(applied, key_hash), 'accepted')
  const active = await ground.find(applied)
  assert.equal(active.state, 'active')
  assert.ok(active.agreement?.signed_at)
  assert.deepEqual(await ground.access(key_hash), [{ ends_on: '2018-06-17', revoked: false }])
  await ground.approver.call(opendata.revokeAccess, {
    ...paramsOf(active),
    body: { revision: active.revision, reason_code: 'key_passed_on', text: '密钥出现在公开网页上' },
  })
  await ground.turn()
  assert.deepEqual(await ground.access(key_hash), [{ ends_on: '2018-06-17', revoked: true }])
  assert.match((await ground.standing(applied)).answer!, /公开网页/)
  await ground.world.setToday('2017-12-11')
})

test('whoever handled does not approve, another department sees nothing, and a stale page changes nothing (T4.2, T16.1)', async () => {
  const both = await ground.world.signIn('commerce', 'provider', 'dept_reviewer')
  const applied = await ground.apply()
  const { revision, ...row } = await ground.find(applied)
  const params = { id: row.application_id }
  const accepted = await both.call(opendata.acceptApplication, { params, body: { revision } })
  const stale = await ground.provider.refused(opendata.proposeDecision, { params, body: { revision, ...APPROVE } })
  assert.equal(stale.code, 'stale')
  const bare = await both.refused(opendata.proposeDecision, {
    params,
    body: { revision: accepted.revision, outcome: 'refuse', text: '不符合条件' },
  })
  assert.deepEqual(
    bare.fields?.map(({ field }) => field),
    ['reason_code'],
  )
  const longer = { ...APPROVE, term_months: 12 }
  const tooLong = await both.refused(opendata.proposeDecision, {
    params,
    body: { revision: accepted.revision, ...longer },
  })
  assert.deepEqual(
    tooLong.fields?.map(({ field }) => field),
    ['term_months'],
  )
  const proposed = await both.call(opendata.proposeDecision, {
    params,
    body: { revision: accepted.revision, ...APPROVE },
  })
  const decision = { revision: proposed.revision, decision: 'confirm' as const, opinion: '同意' }
  assert.equal(
    (await both.refused(opendata.decideApplication, { params, body: decision })).code,
    'separation_of_duties',
  )
  const police = await ground.world.signIn('police', 'dept_reviewer')
  assert.equal((await police.refused(opendata.decideApplication, { params, body: decision })).status, 404)
  assert.equal((await police.call(opendata.listApplications, { query: {} })).rows.length, 0)
  assert.equal((await ground.provider.refused(opendata.decideApplication, { params, body: decision })).status, 403)
  const seen = await ground.office.call(opendata.getApplication, { params })
  assert.deepEqual([seen.applicant, seen.purpose_text], [null, ''])
  const returned = await ground.approver.call(opendata.decideApplication, {
    params,
    body: { ...decision, decision: 'return' },
  })
  assert.equal(returned.state, 'accepted')
})

test('a refusal says why and can be appealed once, to another organ than the one that refused (T4.2)', async () => {
  const applied = await ground.apply()
  const refused = await ground.decide(applied, REFUSE)
  assert.equal(refused.state, 'refused')
  assert.match((await ground.standing(applied)).answer!, /用途不明确.*成果去向没有说清.*六十日内申诉/)
  assert.equal(await ground.say(applied, 'appeal', { text: '成果去向已在第二段写明' }), 'accepted')
  await ground.turn()
  const appealed = await ground.office.call(opendata.getApplication, paramsOf(refused))
  assert.deepEqual(
    [appealed.can, appealed.appeal_text, appealed.appeal_clock?.light],
    [['appeal'], '成果去向已在第二段写明', 'green'],
  )
  const settlement = { revision: appealed.revision, outcome: 'granted' as const, text: '用途已经写明，应予开放' }
  await ground.world.sql('update opendata.application set organ_id = $2 where application_id = $1', [
    refused.application_id,
    ground.office.organ_id,
  ])
  const own = await ground.office.refused(opendata.settleAppeal, { ...paramsOf(refused), body: settlement })
  assert.equal(own.code, 'separation_of_duties')
  await ground.world.sql('update opendata.application set organ_id = $2 where application_id = $1', [
    refused.application_id,
    ground.provider.organ_id,
  ])
  const granted = await ground.office.call(opendata.settleAppeal, { ...paramsOf(refused), body: settlement })
  assert.deepEqual([granted.state, granted.agreement?.ends_on], ['agreement', '2018-06-10'])
  await ground.turn()
  assert.equal(await ground.confirm(applied), 'accepted')
  assert.equal(await ground.say(applied, 'appeal', { text: '再次申诉' }), 'unknown')
})

test('a confirmation sent twice opens one key, one for another text none, and a lost key gives way to a new one (T4.2)', async () => {
  const applied = await ground.apply()
  await ground.decide(applied, APPROVE)
  const first = keyHash()
  assert.equal(
    await ground.say({ ...applied, code_hash: sha('guess') }, 'agreement', { digest: 'x', key_hash: first }),
    'unknown',
  )
  assert.equal(await ground.confirm(applied, first), 'accepted')
  assert.equal(await ground.say(applied, 'agreement', { digest: 'x', key_hash: keyHash() }), 'unknown')
  assert.deepEqual(await ground.keys(applied), [{ key_hash: first, closed: false }])
  const second = keyHash()
  assert.equal(await ground.say(applied, 'rekey', { key_hash: second }), 'accepted')
  await ground.turn()
  assert.deepEqual(await ground.keys(applied), [
    { key_hash: first, closed: true },
    { key_hash: second, closed: false },
  ])
  assert.deepEqual([(await ground.access(first))[0]!.revoked, (await ground.access(second))[0]!.revoked], [true, false])
  const other = await ground.apply()
  await ground.decide(other, APPROVE)
  assert.equal(await ground.say(other, 'agreement', { digest: sha('another text'), key_hash: keyHash() }), 'accepted')
  await ground.turn()
  assert.deepEqual(await ground.keys(other), [])
})

test('killed between fetching, opening and carrying out, the key is there once when all is up again (T4.2)', async () => {
  const applied = await ground.apply()
  await ground.decide(applied, APPROVE)
  const { detail } = await ground.standing(applied)
  const key_hash = keyHash()
  await ground.say(applied, 'agreement', { digest: detail.agreement.digest, key_hash })
  const ctx = await ground.ctx()
  await overPublic(ctx, (client) => pullSubmissions(ctx, client))
  assert.deepEqual(await ground.keys(applied), [])
  await killedAt(ctx, 'insert into site.access')
  assert.deepEqual([(await ground.keys(applied)).length, (await ground.access(key_hash)).length], [1, 0])
  await ground.turn()
  await ground.world.sql('update opendata.access set sent_at = null where key_hash = $1', [key_hash])
  await ground.turn()
  assert.deepEqual([(await ground.keys(applied)).length, (await ground.access(key_hash)).length], [1, 1])
})

test('killed between keeping receipts of use and deleting them outside, the next turn goes on and counts each once (T4.2)', async () => {
  const applied = await ground.apply()
  await ground.decide(applied, APPROVE)
  const key_hash = keyHash()
  await ground.confirm(applied, key_hash)
  await ground.outside.sql(
    `insert into intake.use (use_id, access_id, what, bytes) select gen_random_uuid(), access_id, '/x', 10 from site.access where key_hash = $1`,
    [key_hash],
  )
  await ground.outside.sql(
    `with stray as (insert into site.access (access_id, dataset_id, key_hash, ends_on, daily_requests, daily_bytes)
       values (gen_random_uuid(), gen_random_uuid(), $1, '2018-01-01', 1, 1) returning access_id)
     insert into intake.use (use_id, access_id, what, bytes) select gen_random_uuid(), access_id, '/y', 5 from stray`,
    [keyHash()],
  )
  await killedAt(await ground.ctx(), 'delete from intake.use')
  await ground.turn()
  const { usage } = await ground.find(applied)
  assert.deepEqual(usage, [{ on: '2017-12-11', requests: 1, bytes: 10 }])
  assert.deepEqual(await ground.outside.sql('select from intake.use'), [])
})

test('what runs out by its date is closed, what nobody answers lapses, and a broken promise is told (T4.2)', async () => {
  const [running, waiting, unconfirmed] = [await ground.apply(), await ground.apply(), await ground.apply()]
  await ground.decide(running, APPROVE)
  await ground.confirm(running)
  await ground.decide(unconfirmed, APPROVE)
  await ground.world.drain()
  await ground.world.setToday('2018-01-20')
  await ground.world.drain()
  await watchDeadlines(await ground.ctx())
  assert.equal((await ground.find(unconfirmed)).state, 'lapsed')
  const late = await ground.find(waiting)
  assert.deepEqual([late.can, late.decide_clock.light], [['accept'], 'red'])
  const [told] = await ground.world.sql('select from kernel.event where subject_id = $1 and type = $2', [
    late.application_id,
    'opendata.application.red_marked',
  ])
  assert.ok(told)
  await ground.world.setToday('2018-06-11')
  await watchDeadlines(await ground.ctx())
  await ground.turn()
  assert.equal((await ground.find(running)).state, 'expired')
  const [key] = await ground.keys(running)
  assert.deepEqual([key!.closed, (await ground.access(key!.key_hash))[0]!.revoked], [true, true])
  await ground.world.setToday('2017-12-11')
})

test('who applied is nowhere outside, each look at him is in the access log, and in time he is forgotten (T4.2, T16.3)', async () => {
  const applied = await ground.apply()
  const refused = await ground.decide(applied, REFUSE)
  const dump = async (database: typeof ground.outside.sql, tables: readonly string[]) => {
    const texts = []
    for (const table of tables) texts.push(JSON.stringify(await database(`select * from ${table}`)))
    return texts.join('\n')
  }
  const personal = /青海某某大学|126300004400012345|才仁|13997001234/
  const tables = await ground.outside.sql<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('site', 'intake', 'data')`,
  )
  assert.doesNotMatch(
    await dump(
      ground.outside.sql,
      tables.map(({ name }) => name),
    ),
    personal,
  )
  assert.doesNotMatch(
    await dump(ground.world.sql, ['kernel.event', 'opendata.application', 'opendata.application_step']),
    personal,
  )
  const looks = await ground.world.sql<{ body: string }>(
    `select body from ledger.entry where body like '%opendata.applicant.read%'`,
  )
  // Looked at by `find`, and shown once more to each who acted: accepted, proposed, decided.
  assert.equal(looks.filter(({ body }) => body.includes(applied.number)).length, 4)
  await ground.world.setToday('2018-07-01')
  assert.ok((await forgetApplicants(await ground.ctx())) >= 1)
  const forgotten = await ground.provider.call(opendata.getApplication, paramsOf(refused))
  assert.deepEqual([forgotten.applicant, forgotten.purpose_text, forgotten.state], [null, '', 'refused'])
  assert.doesNotMatch(
    JSON.stringify(await ground.world.sql('select * from opendata.intake where number = $1', [applied.number])),
    personal,
  )
  await ground.world.setToday('2017-12-11')
})

test('a promise of fewer days counts for what is received from its day on, and stands on the public side (T4.2)', async () => {
  const body = { days: 8, source: '省商务厅公开承诺〔2017〕3号', valid_from: '2017-12-12' }
  const long = await ground.approver.refused(opendata.setPromise, { body: { ...body, days: 30 } })
  assert.deepEqual(
    long.fields?.map(({ rule }) => rule),
    ['longer'],
  )
  await ground.approver.call(opendata.setPromise, { body })
  assert.equal(
    (await ground.find(await ground.apply())).decide_clock.clause,
    '参照行政许可法 第四十二条（天数为项目约定）',
  )
  await ground.world.setToday('2017-12-12')
  const promised = await ground.find(await ground.apply())
  assert.deepEqual([promised.decide_clock.left_days, promised.decide_clock.clause], [8, body.source])
  const ctx = await ground.ctx()
  await overPublic(ctx, (client) => carryPromises(ctx, client))
  assert.deepEqual(await ground.outside.sql('select days, source from site.promise'), [
    { days: 8, source: body.source },
  ])
  const { rows } = await ground.provider.call(opendata.listApplications, { query: {} })
  assert.deepEqual(
    rows.map(({ decide_clock }) => decide_clock.left_days),
    rows.map(({ decide_clock }) => decide_clock.left_days).toSorted((a, b) => a - b),
  )
  await ground.world.setToday('2017-12-11')
})

test('a withdrawn dataset closes what nobody has decided, tells who asked the reason, and clears the desk (T4.2)', async () => {
  const names = ['received', 'incomplete', 'proposed', 'appealed', 'agreement', 'active', 'refused'] as const
  const asked = {} as Record<(typeof names)[number], Awaited<ReturnType<typeof ground.apply>>>
  for (const name of names) asked[name] = await ground.apply()
  const stateOf = async (name: (typeof names)[number]) => (await ground.find(asked[name])).state
  const incomplete = await ground.find(asked.incomplete)
  await ground.provider.call(opendata.noticeApplication, {
    ...paramsOf(incomplete),
    body: { revision: incomplete.revision, parts: [{ code: 'term', text: '请说明期限的理由' }] },
  })
  const accepted = await ground.find(asked.proposed)
  const { revision } = await ground.provider.call(opendata.acceptApplication, {
    ...paramsOf(accepted),
    body: { revision: accepted.revision },
  })
  await ground.provider.call(opendata.proposeDecision, { ...paramsOf(accepted), body: { revision, ...APPROVE } })
  for (const name of ['agreement', 'active'] as const) await ground.decide(asked[name], APPROVE)
  for (const name of ['appealed', 'refused'] as const) await ground.decide(asked[name], REFUSE)
  await ground.confirm(asked.active)
  const appeal = { text: '成果去向已在第二段写明' }
  await ground.say(asked.appealed, 'appeal', appeal)
  await ground.turn()
  for (const name of names) assert.equal(await stateOf(name), name)
  await ground.approver.call(opendata.withdrawRelease, {
    params: { id: ground.release_id },
    body: { reason: '统计口径有误' },
  })
  await ground.world.drain()
  await ground.turn()
  for (const name of ['received', 'incomplete', 'proposed', 'appealed', 'agreement'] as const) {
    const closed = await ground.find(asked[name])
    assert.deepEqual([closed.state, closed.close_reason, closed.can], ['closed', 'dataset_withdrawn', []], name)
    assert.ok(closed.decide_clock.stopped_on, name)
    const told = await ground.standing(asked[name])
    assert.deepEqual([told.state_title, told.can], ['已终止', []], name)
    assert.match(told.answer!, /数据集已撤回开放：统计口径有误/, name)
  }
  assert.deepEqual([await stateOf('active'), await stateOf('refused')], ['revoked', 'refused'])
  const desks = [ground.provider, ground.approver, ground.office]
  for (const desk of desks) {
    const { rows } = await desk.call(inbox.listTodos, { query: {} })
    assert.deepEqual(
      rows.filter(({ kind }) => kind.startsWith('application_')).map(({ title }) => title),
      [],
    )
  }
  assert.equal(await ground.say(asked.refused, 'appeal', appeal), 'accepted')
  const late = await ground.apply()
  await ground.turn()
  assert.equal(await stateOf('refused'), 'closed')
  assert.equal((await ground.standing(late)).state, 'void')
})

test('what is everybody’s now needs no application: those undecided are closed, and say so (T4.2)', async () => {
  const release = async (open_type: string) => {
    await ground.world.sql('update catalog.entry set open_type = $2 where resource_id = $1', [
      ...[ground.resource_id, open_type],
    ])
    const { release_id } = await ground.provider.call(opendata.proposeRelease, { body: ground.proposal })
    await ground.approver.call(opendata.approveRelease, {
      params: { id: release_id },
      body: { opinion: '同意，可以开放' },
    })
    await ground.world.drain()
    await publishReleases(await ground.ctx())
  }
  await release('conditional')
  const [waiting, active] = [await ground.apply(), await ground.apply()]
  await ground.decide(active, APPROVE)
  await ground.confirm(active)
  await release('unconditional')
  await ground.turn()
  const closed = await ground.find(waiting)
  assert.deepEqual([closed.state, closed.close_reason], ['closed', 'dataset_unconditional'])
  assert.match((await ground.standing(waiting)).answer!, /无条件开放：不用申请/)
  assert.equal((await ground.find(active)).state, 'active')
})
