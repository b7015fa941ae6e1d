import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DUTY, GatewayGround } from './gateway-ground.ts'
import { setScene } from './gateway-scene.ts'

const SCRIPT = fileURLToPath(new URL('../../docs/integration/call.sh', import.meta.url))

const runs = (program: string, wanted: RegExp): boolean => {
  const { stdout } = spawnSync(program, [program === 'openssl' ? 'version' : '--version'], { encoding: 'utf8' })
  return wanted.test(stdout ?? '')
}
const missing = [
  ...(runs('openssl', /^OpenSSL [3-9]/) ? [] : ['OpenSSL 3']),
  ...(runs('curl', /^curl /) ? [] : ['curl']),
]

const ground = await GatewayGround.open()
const folder = await mkdtemp(join(tmpdir(), 'sanjiang-shell-'))
after(async () => {
  await ground.close()
  await rm(folder, { recursive: true, force: true })
})

const runScript = (env: Record<string, string>): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    execFile('sh', [SCRIPT], { env: { PATH: process.env.PATH ?? '', ...env } }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    )
  })

test('the shell example makes governed calls with curl and openssl alone, by GET and by POST (T8.1, C2)', {
  skip: missing.length > 0 && !process.env.CI ? `${missing.join('、')} 不在这台机器上` : false,
}, async () => {
  const { client, resource, gateway } = await setScene(ground, {
    grant: { items: ['name', 'division'] },
    service: {
      method: 'POST',
      parameters: [{ name: 'id', in: 'body', required: true }],
    },
  })
  const KEY_FILE = join(folder, 'client.key')
  await writeFile(KEY_FILE, client.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const env = {
    GATEWAY: gateway.address,
    CLIENT_ID: client.client_id,
    KEY_FILE,
    RESOURCE: resource.code,
    PURPOSE: `business_collaboration;${DUTY}`,
    OFFICER: '扎西 卓玛·才让',
  }
  const ways: Record<string, string>[] = [
    { QUERY: '?id=a%20b', CASE: '西宁〔2017〕1号' },
    { METHOD: 'POST', BODY: '{"id":"甲"}' },
  ]
  for (const how of ways) {
    const { code, out, err } = await runScript({ ...env, ...how })
    assert.equal(code, 0, out + err)
    assert.deepEqual(JSON.parse(out).rows, [{ name: '扎西卓玛', division: '630102' }])
    assert.match(err, /^sanjiang-receipt: [0-9a-f-]{36}\/\d+$/m)
  }
  const told = (await ground.receipts(resource)).map(({ officer, case_no }) => [officer, case_no])
  assert.deepEqual(told, [
    ['扎西 卓玛·才让', '西宁〔2017〕1号'],
    ['扎西 卓玛·才让', null],
  ])
  const refused = await runScript({ ...env, PURPOSE: 'work_reference;别的事' })
  assert.equal(refused.code, 1)
  assert.equal(JSON.parse(refused.out).code, 'purpose_mismatch')
})
