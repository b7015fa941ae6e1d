import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { after, before, test } from 'node:test'
import { SETTINGS } from '#config'
import { makeMetrics } from '#kernel/metrics.ts'
import { makePlaneMetrics } from '#modules/gateway/plane/metrics.ts'
import { MODULES } from '#roles/modules.ts'
import { generate } from '../../tools/gen.ts'
import { ORGANS, openWorld, type World } from './harness.ts'
import { login, openAccount } from './people.ts'
import { ROOT, read } from './sources.ts'

const SKIPPED = /(^|\/)(node_modules|dist|data|\.git)(\/|$)/
const pages = (readdirSync(ROOT, { recursive: true, encoding: 'utf8' }) as string[])
  .filter((name) => name.endsWith('.md') && !SKIPPED.test(name))
  .sort()

/** Text without fenced blocks and code spans, in which brackets mean other things. */
const proseOf = (page: string): string => read(page).replace(/^```[\s\S]*?^```/gm, '')

const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map((found) =>
      found[1]!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- ]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )

test('what is generated is as the code would generate it now (style law 18)', async () => {
  for (const [name, text] of Object.entries(await generate()))
    assert.equal(read(name), text, `${name}: run npm run gen and commit it`)
})

test('every relative link of every page leads somewhere (architecture §3)', () => {
  const broken = pages.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\((?!\w+:|\/)([^)\s]+)\)/g)].flatMap((found) => {
      const [path = '', anchor] = found[1]!.split('#')
      const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)))
      if (!existsSync(join(ROOT, target))) return [`${page} → ${found[1]}`]
      const isPage = anchor !== undefined && target.endsWith('.md')
      return isPage && !anchorsOf(target).has(anchor) ? [`${page} → ${found[1]}`] : []
    }),
  )
  assert.deepEqual(broken, [])
})

test('every file and folder a page names is there (architecture §3)', () => {
  const named = /`((?:contract|seal|server|web|cli|bench|tools|deploy|docs)\/[\w./-]*)`/g
  const missing = pages.flatMap((page) =>
    [...proseOf(page).matchAll(named)]
      .filter((found) => !found[1]!.includes('NNNN') && !existsSync(join(ROOT, found[1]!)))
      .map((found) => `${page}: ${found[1]}`),
  )
  assert.deepEqual(missing, [])
})

test('every module says on one page what it owns, its words, states and invariants (style §7.3)', () => {
  for (const { name } of MODULES) {
    const lines = read(`server/src/modules/${name}/README.md`).trimEnd().split('\n')
    assert.ok(lines.length >= 10 && lines.length <= 60, `${name}: ${lines.length} lines`)
  }
})

test('every npm script a page names exists (architecture §3)', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run ([a-z][\w:-]*)/g)]
      .filter((found) => !(found[1]! in scripts))
      .map((found) => `${page}: npm run ${found[1]}`),
  )
  assert.deepEqual(unknown, [])
})

const SETTING_ROW = /^\| `([A-Z_]+)` \| (?:`([^`]*)` )?\| (.+) \|$/gm

test('the settings stand in every page that lists them as they stand in the code (architecture §2)', () => {
  const expected = Object.entries(SETTINGS).map(([name, { fallback, about }]) => [name, fallback, about])
  const rowsOf = (page: string) =>
    [...read(page).matchAll(SETTING_ROW)].map(([, name, fallback = '', about]) => [name, fallback, about])
  const listing = pages.filter((page) => rowsOf(page).length > 0)
  assert.deepEqual(listing, ['README.md', 'docs/operations/README.md'])
  for (const page of listing) assert.deepEqual(rowsOf(page), expected, page)
})

test('the metrics an operator is told to watch are those that are kept (architecture §2)', async () => {
  const kept = [
    makeMetrics('api').registry,
    makePlaneMetrics({ inFlight: () => 0, policyVersion: () => 0 }).registry,
  ].flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => name))
  const own = kept.filter((name) => name.startsWith('sanjiang_')).sort()
  const told = [...read('docs/operations/README.md').matchAll(/^\| `(sanjiang_\w+)` \|/gm)].map((found) => found[1]!)
  assert.deepEqual(told.sort(), own)
})

test('every word of the error table that a page writes is in it (architecture §5)', () => {
  const codes = new Set([...read('docs/reference/errors.md').matchAll(/^\| `(\w+)` \|/gm)].map((found) => found[1]!))
  const operations = read('docs/operations/README.md')
  for (const code of ['unauthenticated', 'bad_credentials', 'locked', 'rate_limited', 'ledger_unavailable'])
    assert.ok(codes.has(code) && operations.includes(`\`${code}\``), code)
})

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

test('every key the platform makes is explained to whoever must keep it (T16.3)', async () => {
  const { username } = await openAccount(world, { second_factor: true })
  await login(world, { username: `no-${username}`, password: 'Kunlun-2017' })
  await world.drain()
  const made = readdirSync(join(world.dataDir, 'keys')).map((name) => name.replace(/^demo-/, ''))
  const told = read('docs/security/README.md')
  assert.deepEqual(
    made.filter((name) => !told.includes(`\`${name}\``)),
    [],
  )
  assert.ok(made.includes('secrets.key') && made.includes('strangers.key'), made.join())
})

test('keys are readable by their owner alone (T16.3)', () => {
  const folder = join(world.dataDir, 'keys')
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  const open = readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
  assert.deepEqual(open, [])
})

test('the figures of the password policy are those of the page (T16.1)', async () => {
  const { PASSWORD_POLICY: policy } = await import('#modules/identity/password.rules.ts')
  const told = read('docs/security/README.md')
  for (const text of [
    `at least ${policy.min_length} characters of ${policy.min_classes} classes`,
    `unlike the last ${policy.remembered}, for ${policy.expires_after_days} days`,
    `${policy.lock_after_failures} failures in a row lock for ${policy.lock_minutes} minutes`,
  ])
    assert.ok(told.includes(text), text)
})

test('the query for waiting jobs runs as it is written (architecture §2)', async () => {
  const [, query] = /```sql\n(select name[\s\S]+?)```/.exec(read('docs/operations/README.md'))!
  await world.sql(query!)
})

test('the way back from a lost second factor is as it is written (T16.1)', async () => {
  const { username } = await openAccount(world, { organ: 'egov', roles: ['security_admin'], second_factor: true })
  const [, statement] = /`(update identity\.person set [^`]+)`/.exec(read('docs/security/README.md'))!
  await world.sql(statement!.replace("'…'", '$1'), [username])
  const { body } = await login(world, { username, password: 'Kunlun-2017' })
  assert.deepEqual([body.pending, body.organ_id], [['enrol_totp'], ORGANS.egov])
})
