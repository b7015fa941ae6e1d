import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Called, GatewayClient } from '#test/gateway-client.ts'
import { GatewayGround, PERSON, saying } from '#test/gateway-ground.ts'
import { setScene } from '#test/gateway-scene.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

/** The scene's client signed in at a second gateway process on the same database. */
const secondCaller = async (scene: Awaited<ReturnType<typeof setScene>>) => {
  const gateway = await ground.gateway()
  const caller = new GatewayClient(gateway.address, scene.client)
  await caller.signIn()
  return { gateway, caller }
}

const tally = (calls: readonly Called[]): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const { problem } of calls) found[problem?.code ?? 'ok'] = (found[problem?.code ?? 'ok'] ?? 0) + 1
  return found
}

for (const count of [7, 60])
  test(`a quota of ${count} is never exceeded and, while both run, used up by two gateways (C1)`, async () => {
    const scene = await setScene(ground, { grant: { quota: { count, period: 'day' } } })
    const { caller: other } = await secondCaller(scene)
    const { resource } = scene
    const calls: Called[] = []
    for (let round = 0; round * 20 < count + 60; round += 1)
      calls.push(
        ...(await Promise.all(
          Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? scene.caller : other).call({ resource })),
        )),
      )
    const found = tally(calls)
    assert.equal(found.ok, count)
    assert.deepEqual(Object.keys(found).sort(), ['ok', 'quota_exceeded'])
    assert.equal(scene.provider.requests.length, count)
  })

test('a call the provider failed costs no quota; what a stopped gateway had leased goes back (C1)', async () => {
  let isWell = false
  const scene = await setScene(ground, {
    answer: (request, response) => saying({ rows: [] }, isWell ? 200 : 400)(request, response),
    grant: { quota: { count: 100, period: 'total' } },
  })
  const { resource, caller, gateway } = scene
  for (let n = 0; n < 10; n += 1) await caller.call({ resource })
  isWell = true
  for (let n = 0; n < 3; n += 1) assert.equal((await caller.call({ resource })).status, 200)
  await gateway.close()
  const [row] = await ground.sql<{ leased: number }>('select leased from gateway.quota where grant_id = $1', [
    scene.grantId,
  ])
  assert.equal(row!.leased, 3)
})

test('once revoke has returned, no call begun after it succeeds on either gateway, and each refusal is sealed (T5.2, C1, C2)', async () => {
  for (let round = 0; round < 5; round += 1) {
    const scene = await setScene(ground)
    const { resource } = scene
    const callers = [scene.caller, (await secondCaller(scene)).caller]
    const answered: number[] = []
    const refused = new Set<string>()
    let stop = false
    const loops = callers.flatMap((caller) =>
      Array.from({ length: 8 }, async () => {
        while (!stop) {
          const begun = performance.now()
          const { status, problem } = await caller.call({ resource })
          if (status === 200) answered.push(begun)
          else refused.add(problem!.code)
        }
      }),
    )
    while (answered.length < 60) await pause(3 + 2 * round)
    await ground.revoke(scene.grantId)
    const revoked = performance.now()
    while (refused.size === 0) await pause(5)
    await pause(100)
    stop = true
    await Promise.all(loops)
    assert.deepEqual(
      answered.filter((begun) => begun > revoked),
      [],
    )
    assert.deepEqual([...refused], ['grant_revoked'])
  }
})

test('a call overtaken by the revocation while its provider was thinking is voided: nothing leaves, both receipts stand (C1, C2)', async () => {
  let release: () => void = () => undefined
  const scene = await setScene(ground, {
    answer: (request, response) => {
      release = () => saying({ rows: [PERSON] })(request, response)
    },
  })
  const calling = scene.caller.call({ resource: scene.resource })
  while (scene.provider.requests.length === 0) await pause(5)
  await ground.revoke(scene.grantId)
  release()
  const { problem, text } = await calling
  assert.equal(problem!.code, 'grant_revoked')
  assert.ok(!text.includes(PERSON.name))
  const [answered, voided] = await ground.receipts(scene.resource)
  assert.deepEqual([answered!.outcome, voided!.outcome], ['answered', 'voided'])
  assert.equal(voided!.code, 'grant_revoked')
  assert.equal(typeof voided!.voids, 'number')
})

test('a policy change that leaves a call’s right alone does not disturb it (T8.1)', async () => {
  const scene = await setScene(ground)
  const { resource, caller } = scene
  let stop = false
  const bumping = (async () => {
    while (!stop) {
      await ground.bump()
      await pause(3)
    }
  })()
  const calls = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const own: Called[] = []
      for (let n = 0; n < 20; n += 1) own.push(await caller.call({ resource }))
      return own
    }),
  )
  stop = true
  await bumping
  assert.deepEqual(tally(calls.flat()), { ok: 200 })
})

test('a newer grant beside it does not void a call under the older one (T8.1)', async () => {
  let release: () => void = () => undefined
  const scene = await setScene(ground, {
    answer: (request, response) => {
      release = () => saying({ rows: [PERSON] })(request, response)
    },
  })
  const calling = scene.caller.call({ resource: scene.resource })
  while (scene.provider.requests.length === 0) await pause(5)
  await ground.grant({ resource: scene.resource, client: scene.client, items: ['name'] })
  release()
  assert.equal((await calling).status, 200)
})

test('stopping lets the calls under way end and says so to the health check (T16.4)', async () => {
  let release: () => void = () => undefined
  const scene = await setScene(ground, {
    answer: (request, response) => {
      release = () => saying({ rows: [PERSON] })(request, response)
    },
  })
  const { gateway, caller, resource, provider } = scene
  assert.equal((await fetch(`${gateway.address}/readyz`)).status, 200)
  const calling = caller.call({ resource })
  while (provider.requests.length === 0) await pause(5)
  const closing = gateway.close()
  await assert.rejects(fetch(`${gateway.address}/healthz`))
  release()
  const { status, headers } = await calling
  assert.deepEqual([status, headers.get('connection')], [200, 'close'])
  await closing
})

test('the figures count answers and refusals by code (T16.4)', async () => {
  const { gateway, caller, resource } = await setScene(ground)
  await caller.call({ resource })
  await fetch(`${gateway.address}/gateway/v1/${resource.code.replace('/', '-')}`)
  const figures = await (await fetch(`${gateway.address}/metrics`)).text()
  assert.match(figures, /sanjiang_gateway_requests_total\{code="signature_invalid",role="gateway"\} 1/)
  assert.match(figures, /sanjiang_gateway_answer_seconds_count\{role="gateway"\} [1-9]/)
})
