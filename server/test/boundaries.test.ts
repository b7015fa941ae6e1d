import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf, read, sourceFiles } from './sources.ts'

const files = sourceFiles()
const isTest = (name: string): boolean =>
  /\.test\.tsx?$|^server\/test\/|^seal\/test\/|^tabular\/test\/|^finder\/test\/|^agent\/test\/|\/e2e\//.test(name)
const product = files.filter((name) => !isTest(name))

const offences = (of: (name: string) => boolean, isAllowed: (target: string, name: string) => boolean): string[] =>
  product.filter(of).flatMap((name) =>
    importsOf(name)
      .filter((target) => !isAllowed(target, name))
      .map((target) => `${name} → ${target}`),
  )

const isPackage = (target: string): boolean =>
  !/^(contract|seal|tabular|finder|server|agent|web|cli|bench|tools)\//.test(target)
const among =
  (...folders: string[]) =>
  (target: string): boolean =>
    folders.some((one) => target.startsWith(one))

/** Rank order of architecture §4: a module may call the faces of those listed for it, never sideways or up. */
const MAY_CALL: Record<string, readonly string[]> = {
  identity: ['ledger'],
  ledger: [],
  inbox: ['identity'],
  systems: ['identity'],
  catalog: ['identity'],
  sharing: ['identity', 'ledger', 'catalog'],
  gateway: ['identity', 'ledger', 'catalog', 'sharing'],
  exchange: ['identity', 'ledger', 'catalog', 'sharing'],
  opendata: ['ledger', 'catalog', 'sharing', 'exchange'],
  assessment: ['catalog'],
}
const moduleOf = (name: string): string | undefined => /^server\/src\/modules\/(\w+)\//.exec(name)?.[1]

test('the contract imports TypeBox and itself, so that browsers, agents and servers can all carry it (architecture §3)', () => {
  assert.deepEqual(
    offences(among('contract/src/'), (target) => target === 'typebox' || among('contract/')(target)),
    [],
  )
})

test('the seal does no input or output, so that a browser can verify what a server sealed (architecture §3, C3)', () => {
  const isAllowed = (target: string) => among('seal/', '@noble/', 'sm-crypto-v2')(target)
  assert.deepEqual(offences(among('seal/src/'), isAllowed), [])
})

test('tables are read and written by what knows neither platform nor node, only Node itself (architecture §3)', () => {
  const isAllowed = (target: string) => target.startsWith('node:') || among('tabular/')(target)
  assert.deepEqual(offences(among('tabular/src/'), isAllowed), [])
})

test('what finds words does no input or output, so that the inside and the public side can both carry it (architecture §7)', () => {
  const isAllowed = (target: string) => target === 'pinyin-pro' || among('finder/', 'contract/')(target)
  assert.deepEqual(offences(among('finder/src/'), isAllowed), [])
})

test('the kernel knows no module (architecture §3)', () => {
  const isAllowed = (target: string) => isPackage(target) || among('server/src/kernel/', 'contract/', 'seal/')(target)
  assert.deepEqual(offences(among('server/src/kernel/'), isAllowed), [])
})

test('a module calls only the faces of the modules below it (architecture §4)', () => {
  const isAllowed = (target: string, name: string): boolean => {
    const own = moduleOf(name)!
    const other = moduleOf(target)
    if (
      isPackage(target) ||
      among('contract/', 'seal/', 'tabular/', 'finder/', 'server/src/kernel/')(target) ||
      other === own
    )
      return true
    return other !== undefined && MAY_CALL[own]!.includes(other) && target === `server/src/modules/${other}/index.ts`
  }
  assert.deepEqual(offences(among('server/src/modules/'), isAllowed), [])
  assert.deepEqual([...new Set(product.map(moduleOf).filter(Boolean))].sort(), Object.keys(MAY_CALL).sort())
})

test('the public side has no way inwards: it knows the contract, how words are found, a pool, a log, what every server does, and no module (T4.2)', () => {
  const own = among('server/src/public/', 'contract/', 'finder/')
  const kernel = ['db', 'http', 'log', 'metrics'].map((name) => `server/src/kernel/${name}.ts`)
  const isAllowed = (target: string) => isPackage(target) || own(target) || kernel.includes(target)
  assert.deepEqual(offences(among('server/src/public/'), isAllowed), [])
})

test('pages, the command line and agents reach the server only through the contract (architecture §3)', () => {
  const isAllowed = (target: string) => isPackage(target) || among('web/', 'contract/', 'seal/')(target)
  assert.deepEqual(offences(among('web/src/'), isAllowed), [])
  const isAllowedCli = (target: string) => isPackage(target) || among('cli/', 'contract/', 'seal/')(target)
  assert.deepEqual(offences(among('cli/'), isAllowedCli), [])
  const isAllowedAgent = (target: string) =>
    isPackage(target) || among('agent/', 'contract/', 'seal/', 'tabular/')(target)
  assert.deepEqual(offences(among('agent/'), isAllowedAgent), [])
})

test('one feature of the portal never imports another (architecture §3)', () => {
  const featureOf = (name: string) => /^web\/src\/staff\/features\/(\w+)\//.exec(name)?.[1]
  const isAllowed = (target: string, name: string) => !featureOf(target) || featureOf(target) === featureOf(name)
  assert.deepEqual(offences(among('web/src/staff/features/'), isAllowed), [])
})

test('only config.ts reads the environment of the server (architecture §3)', () => {
  const readers = product.filter(
    (name) => name.startsWith('server/src/') && name !== 'server/src/config.ts' && /process\.env\.\w/.test(read(name)),
  )
  assert.deepEqual(readers, [])
})

test('no file outgrows 400 lines and none is named after nothing (architecture §3, §5)', () => {
  const long = files.filter((name) => name !== 'server/src/kernel/tables.ts' && read(name).split('\n').length > 401)
  assert.deepEqual(long, [])
  const vague = /(^|\/)(utils?|common|helpers?|lib|core|misc|shared|types?|base)(\/|\.tsx?$)/
  assert.deepEqual(
    files.filter((name) => vague.test(name)),
    [],
  )
})

test('nothing in the product reads a file outside the repository (architecture §3)', () => {
  const outside = files.filter((name) => /['"`](\.\.\/)+shared\/|\/work\//.test(read(name)))
  assert.deepEqual(
    outside.filter((name) => name !== 'server/test/boundaries.test.ts'),
    [],
  )
})
