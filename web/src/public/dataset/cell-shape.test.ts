import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TablePreview } from '@sanjiang/contract/site.preview'
import { canStay, isWiderThan, shapesOf } from './cell-shape.ts'

const tableOf = (
  columns: readonly (readonly [title: string, is_number: boolean])[],
  rows: TablePreview['rows'],
): TablePreview => ({
  columns: columns.map(([title, is_number], at) => ({ name: `c${at}`, title, unit: null, is_number, can_sort: true })),
  rows,
  ...{ q: '', total: rows.length, from: 0, limit: 20, sort: null, is_descending: false },
})

test('dates, codes and names stand on one line, only long texts are broken (T4.2)', () => {
  const shapes = shapesOf(
    tableOf(
      [
        ['代码', false],
        ['日期', false],
        ['名称', false],
        ['范围', false],
        ['人数', true],
      ],
      [
        ['91630100MA7520013J', '2017-09-30', '城东区第一民族小学', '经营范围'.repeat(9), '1101'],
        ['91630102MA7000077M', '2017-09-30 08:00:00', null, '', null],
      ],
    ),
  )
  assert.deepEqual(
    shapes.map(({ kind }) => kind),
    ['code', 'code', 'short', 'long', 'number'],
  )
  assert.ok(!canStay(shapes) && canStay(shapes.slice(2)))
  assert.ok(isWiderThan(shapes, 20) && !isWiderThan(shapes, 99))
})

test('numbers of one column are filled up so that their points stand below each other (T4.2)', () => {
  const [shape] = shapesOf(tableOf([['价格', true]], [['3.21'], ['2.4'], ['6'], ['-1.5'], [null], ['1e3']]))
  assert.deepEqual(['3.21', '2.4', '6', '-1.5', null].map(shape!.padOf), [undefined, '0', '.00', '0', undefined])
  const [whole] = shapesOf(tableOf([['人数', true]], [['3'], ['12']]))
  assert.equal(whole!.padOf('3'), undefined)
})
