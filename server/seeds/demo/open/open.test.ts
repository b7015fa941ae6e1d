import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefectures } from '../../reference/regions.ts'
import { demoResources } from '../resources.ts'
import { isInPrefecture, prefectureNames } from './places.ts'
import { FIGURE_PLANS, OPEN_PLANS } from './plans.ts'

const resources = new Map([...demoResources()].map((resource) => [resource.key, resource]))

test('every dataset of the demo has its entry, and its rows have one cell for each item, with keys that are told apart (T4.2)', () => {
  for (const plan of OPEN_PLANS) {
    const resource = resources.get(plan.key)
    assert.ok(resource, plan.key)
    const items = new Map(resource.items.map((item) => [item.name_en, item]))
    for (const { name_en } of plan.items) assert.ok(items.has(name_en), `${plan.key} ${name_en}`)
    const keys = plan.items.flatMap(({ name_en }, at) => (items.get(name_en)!.is_key ? [at] : []))
    for (const { rows } of plan.editions) {
      const made = rows()
      assert.ok(made.length > 10, plan.key)
      assert.ok(
        made.every((row) => row.length === plan.items.length),
        plan.key,
      )
      if (keys.length > 0)
        assert.equal(new Set(made.map((row) => keys.map((at) => row[at]).join('\t'))).size, made.length, plan.key)
    }
  }
})

test('figures of the platform have an entry with the items they fill (T4.2)', () => {
  for (const { key, items } of FIGURE_PLANS) {
    const known = new Set(resources.get(key)?.items.map(({ name_en }) => name_en))
    assert.deepEqual(
      items.filter(({ name_en }) => !known.has(name_en)),
      [],
      key,
    )
  }
})

test('places lie in their own prefecture on the map (T4.2)', () => {
  const codeOf = new Map([...prefectureNames].map(([code, name]) => [name, code]))
  assert.equal(codeOf.size, prefectures.length)
  const school = OPEN_PLANS.find(({ key }) => key.endsWith('.school'))!
  const [lon, lat] = ['longitude', 'latitude'].map((name) => school.items.findIndex(({ name_en }) => name_en === name))
  for (const row of school.editions[0]!.rows()) {
    const code = `${String(row[0]).slice(2, 4)}00`
    assert.ok(isInPrefecture(`63${code}`, [Number(row[lon!]), Number(row[lat!])]), String(row[1]))
  }
})
