import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ERRORS } from '@sanjiang/contract'
import { PLANE } from '@sanjiang/contract/gateway'
import { PURPOSES } from '@sanjiang/contract/sharing'
import { EMPTY_CONTENT_DIGEST, signatureBase, signFourHeaders, signRequest } from '@sanjiang/seal'
import { nodeTextMac } from '@sanjiang/seal/node'
import { DUTY, GatewayGround } from './gateway-ground.ts'
import { setScene } from './gateway-scene.ts'
import { read } from './sources.ts'

const PAGE = read('docs/integration/README.md')

const ground = await GatewayGround.open()
const folder = await mkdtemp(join(tmpdir(), 'sanjiang-doc-'))
after(async () => {
  await ground.close()
  await rm(folder, { recursive: true, force: true })
})

// As an integrator would: a copy of the one file, elsewhere, with nothing but Node.
const runCopy = async (env: Record<string, string>): Promise<{ code: number; out: string; err: string }> => {
  const copy = join(folder, 'call.mjs')
  await writeFile(copy, read('docs/integration/call.mjs'))
  return new Promise((done) => {
    execFile(process.execPath, [copy], { env: { PATH: process.env.PATH ?? '', ...env } }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    )
  })
}

test('the example of the integration page makes a governed call and keeps its receipt (T8.1, C2)', async () => {
  const { client, resource, gateway } = await setScene(ground, {
    grant: { items: ['name', 'division'] },
    service: { parameters: [{ name: 'id', in: 'query', required: false }] },
  })
  const KEY_FILE = join(folder, 'client.key')
  await writeFile(KEY_FILE, client.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const env = {
    GATEWAY: gateway.address,
    CLIENT_ID: client.client_id,
    KEY_FILE,
    RESOURCE: resource.code,
    PURPOSE: `business_collaboration;${DUTY}`,
    CASE: 'QH-2017-1',
    OFFICER: '卓玛',
    QUERY: '?id=1',
  }
  const { code, out, err } = await runCopy(env)
  assert.equal(code, 0, err)
  assert.deepEqual(JSON.parse(out).rows, [{ name: '扎西卓玛', division: '630102' }])
  assert.match(err, /^200 receipt [0-9a-f-]{36}\/\d+ leaf [0-9a-f]{64}$/m)
  const [receipt] = await ground.receipts(resource)
  assert.deepEqual([receipt!.officer, receipt!.case_no, receipt!.assurance], ['卓玛', 'QH-2017-1', 'high'])
  const refused = await runCopy({ ...env, PURPOSE: 'work_reference;别的事' })
  assert.equal(JSON.parse(refused.out).code, 'purpose_mismatch')
})

test('the vectors of the integration page are what the seal computes (T8.1)', () => {
  const headers = {
    'content-digest': EMPTY_CONTENT_DIGEST,
    'sanjiang-purpose': `business_collaboration;${encodeURIComponent('办理低保')}`,
    'sanjiang-case': 'QH-2017-1',
    'sanjiang-officer': encodeURIComponent('卓玛'),
    'sanjiang-counter': '1',
  }
  const request = {
    method: 'GET',
    path: '/gateway/v1/302015001-000007',
    query: '?id=63010319900101001X',
    headers,
  } as const
  const params = { created: 1506297600, keyid: '0199a0c0-0000-7000-8000-000000000001', alg: 'hmac-sha256' } as const
  const mac = nodeTextMac('sha256', Buffer.from(Array.from({ length: 32 }, (_, n) => n)))
  assert.ok(PAGE.includes(`\n${signatureBase(request, params)}\n`))
  assert.ok(PAGE.includes(`\`signature: ${signRequest(request, params, mac).signature}\``))
  const four = { sid: 's_11630000000001_0001', rid: '11111111-2222-3333-4444-555555555555', rtime: '1506297600000' }
  const key = nodeTextMac('sha256', Buffer.from('0123456789abcdef0123456789abcdef'))
  assert.ok(PAGE.includes(`\`${signFourHeaders(key, four)}\``))
})

test('what the integration page says of addresses, limits and words is so (T8.1)', () => {
  for (const text of [
    PLANE.challenge,
    PLANE.sessions,
    `${PLANE.clock_skew_seconds} seconds`,
    ...Object.values(PURPOSES.codes),
  ])
    assert.ok(PAGE.includes(text), text)
  assert.equal(PLANE.session_seconds, 15 * 60)
  const codes = [...PAGE.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap((row) =>
    [...row[1]!.matchAll(/`(\w+)`/g)].map((one) => one[1]!),
  )
  assert.deepEqual(
    codes.filter((code) => !(code in ERRORS)),
    [],
  )
  assert.ok(codes.length >= 5)
})
