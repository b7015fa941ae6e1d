import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openSeedGround } from '#test/seed-ground.ts'
import { legalBases } from './legal-basis.ts'
import { loadReference } from './load.ts'
import { organs } from './organs.ts'

const ground = await openSeedGround(false)
after(() => ground.close())

const lines: string[] = []
await loadReference(ground.house, (line) => lines.push(line))

test('an empty platform gets every organ with its names, and the succession of 2018 (domain §8.1)', async () => {
  const { db } = ground.house
  const rows = await db.selectFrom('identity.organ').select(['organ_id', 'path', 'dissolved_on']).execute()
  assert.equal(rows.length, organs.length)
  const commerce = rows.find((row) => row.organ_id === '6300003027')
  assert.equal(commerce?.path, '/6300003900/6300003027/')
  const heirs = await db
    .selectFrom('identity.organ_succession')
    .select('successor_id')
    .where('organ_id', '=', '6300003027')
    .execute()
  assert.equal(heirs.length, 1)
})

test('an empty platform gets the catalogue standard with its classes and the laws that may forbid sharing (T2.1)', async () => {
  const { db } = ground.house
  const count = async (table: 'catalog.class_node' | 'catalog.legal_basis') =>
    (
      await db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count
  assert.ok((await count('catalog.class_node')) > 300)
  assert.equal(await count('catalog.legal_basis'), legalBases.length)
})

test('the first three administrators get passwords that are told once and must be changed (T16.1)', async () => {
  const people = await ground.house.db
    .selectFrom('identity.person')
    .select(['username', 'must_change_password'])
    .execute()
  assert.deepEqual(people.map(({ username }) => username).sort(), ['auditadmin', 'secadmin', 'sysadmin'])
  assert.ok(people.every((person) => person.must_change_password))
  const told = lines.filter((line) => /Qh7-/.test(line))
  assert.equal(told.length, 3)
  assert.equal(new Set(told.map((line) => line.trim().split(/\s+/)[2])).size, 3)
})

test('loading again changes nothing and tells no password (T16.1)', async () => {
  const before = lines.length
  await loadReference(ground.house, (line) => lines.push(line))
  assert.equal(lines.length, before)
  const { count } = await ground.house.db
    .selectFrom('identity.person')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  assert.equal(count, 3)
})
