import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenColumn } from '@sanjiang/contract/opendata'
import fc from 'fast-check'
import { leavingColumns, statusMarker } from './status.rules.ts'

const column = (name: string): OpenColumn => ({
  ...{ name, title: name, data_type: 'I', length: null, role: 'measure', unit: '人' },
  ...{ from_type: 'I', shaping: 'keep', mask_rule: null },
})

const NAMES = fc.uniqueArray(
  fc.oneof(fc.stringMatching(/^[a-z][a-z_]{0,62}$/), fc.constantFrom('n', 'n_status', 'n_status_2', 'm'.repeat(63))),
  { minLength: 1, maxLength: 8 },
)

test('each count that small cells may be hidden of has a status behind it, named like no other column and no longer than a name may be (T4.2)', () => {
  fc.assert(
    fc.property(NAMES, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (names, counted) => {
      const measures = names.filter((_, at) => counted[at])
      const leaving = leavingColumns({ columns: names.map(column), small_cell: { threshold: 5, measures } })
      const all = leaving.map(({ name }) => name)
      assert.equal(new Set(all).size, all.length)
      assert.ok(all.every((name) => name.length <= 63))
      assert.deepEqual(
        leaving.filter(({ status_of }) => status_of === undefined).map(({ name }) => name),
        names,
      )
      for (const name of measures) assert.equal(leaving[all.indexOf(name) + 1]!.status_of, name)
      assert.equal(leaving.length, names.length + measures.length)
    }),
  )
  assert.deepEqual(leavingColumns({ columns: [column('n')], small_cell: null }), [column('n')])
})

test('a number is told from one that is hidden and from one that was never there, and why it is hidden is not told (T4.2)', () => {
  const mark = statusMarker({
    columns: ['area', 'men', 'women'].map(column),
    small_cell: { threshold: 5, measures: ['men', 'women'] },
  })
  // 3 is small, 40 is hidden with it: the same to the public.
  assert.deepEqual(mark(['甲', '3', '40'], ['甲', null, null]), ['甲', null, 'Q', null, 'Q'])
  assert.deepEqual(mark(['乙', null, '0'], ['乙', null, '0']), ['乙', null, 'O', '0', 'A'])
})
