import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MapPreview } from '@sanjiang/contract/site.preview'
import fc from 'fast-check'
import { layBars, layLine } from './chart-layout.ts'
import { layMap, MOST_PATH } from './map-layout.ts'
import { layBarPanels, layLinePanels } from './panel-layout.ts'
import { albers } from './projection.ts'
import { classOf, labelled, placesOf, quantilesOf, shortText, ticksOf } from './scale.ts'
import { pathOf, shapeOf } from './shape.ts'
import { fitted, widthOf } from './text.ts'

const NOTHING: MapPreview = {
  points: [],
  shapes: [],
  label_title: '名称',
  category_title: null,
  measure: null,
  measure_title: null,
  unit: null,
  measures: [],
  left_out: 0,
}

test('an axis has few round ticks, zero among them, and covers every value (T4.2)', () => {
  assert.deepEqual(ticksOf([3, 17, 42]), [0, 10, 20, 30, 40, 50])
  assert.deepEqual(ticksOf([]), [0, 1])
  const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(values, (all) => {
      const ticks = ticksOf(all)
      assert.ok(ticks.length <= 8 && ticks.includes(0))
      const slack = 1e-9 + Math.abs(ticks.at(-1)! - ticks[0]!) * 1e-9
      assert.ok(ticks[0]! <= Math.min(...all) + slack && ticks.at(-1)! >= Math.max(...all) - slack)
    }),
  )
})

test('classes of a map hold about equally many values, and every value has one (T4.2)', () => {
  assert.deepEqual(quantilesOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), [2, 4, 6, 8, 10])
  assert.deepEqual(quantilesOf([7, 7, 7]), [7])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 80 }), (values) => {
      const bounds = quantilesOf(values)
      for (const value of values) {
        const at = classOf(value, bounds)
        assert.ok(value <= bounds[at]! && (at === 0 || value > bounds[at - 1]!))
      }
    }),
  )
})

test('days stand by their distance, so that a gap looks like one; other labels stand evenly (T4.2)', () => {
  assert.deepEqual(placesOf(['2017-01-01', '2017-01-02', '2017-01-11']), [0, 0.1, 1])
  assert.deepEqual(
    placesOf(['2015', '2016', '2017']).map((one) => Math.round(one * 100)),
    [0, 50, 100],
  )
  for (const labels of [
    ['甲', '乙', '丙'],
    ['2017-13', '2018', '2019'],
    ['2017', '2016', '2018'],
    ['2017', '2017', '2018'],
  ])
    assert.deepEqual(placesOf(labels), [0, 0.5, 1], labels.join())
  assert.deepEqual([placesOf([]), placesOf(['2017'])], [[], [0]])
  const { dots } = layLine(
    ['2017-01-01', '2017-02-01', '2017-12-31'].map((label) => ({ label, value: 1 })),
    740,
  )
  assert.ok(dots[1]!.x - dots[0]!.x < (dots[2]!.x - dots[1]!.x) / 5)
})

test('labels of an axis are as many as fit, the first and the last among them (T4.2)', () => {
  const places = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(places, fc.integer({ min: 20, max: 200 }), (some, apart) => {
      const all = some.toSorted((a, b) => a - b)
      const kept = labelled(all, apart)
      assert.deepEqual([kept[0], kept.at(-1)], [0, all.length - 1])
      assert.ok(kept.slice(1, -1).every((at, no) => all[at]! - all[kept[no]!]! >= apart))
      assert.ok(kept.length < 3 || all.at(-1)! - all[kept.at(-2)!]! >= apart)
    }),
  )
  assert.equal(shortText(12_345_678), '1,234.57万')
})

test('a text too long for its place ends in an ellipsis and fits (T4.2)', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.integer({ min: 2, max: 20 }), (text, most) => {
      assert.ok(widthOf(fitted(text, most)) <= most)
    }),
  )
  assert.equal(fitted('海西蒙古族藏族自治州', 5), '海西蒙古…')
})

test('bars and lines stay on their sheet, whatever the figures (T4.2)', () => {
  const points = fc.array(
    fc.record({ label: fc.string({ maxLength: 20 }), value: fc.integer({ min: -1e6, max: 1e8 }) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  fc.assert(
    fc.property(points, fc.constantFrom(340, 740), (all, width) => {
      for (const bar of layBars(all, width).bars)
        assert.ok(bar.x >= 0 && bar.x + bar.width <= width + 1 && Number.isFinite(bar.width))
      for (const dot of layLine(all, width).dots) assert.ok(dot.x >= 0 && dot.x <= width && dot.y >= 0 && dot.y <= 320)
    }),
  )
})

test('pictures beside each other stay in their places and on their sheet, whatever the figures (T4.2)', () => {
  const figure = fc.oneof(fc.integer({ min: -1e6, max: 1e8 }), fc.constantFrom(null, false as const))
  const split = fc
    .record({
      labels: fc.uniqueArray(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 12 }),
      count: fc.integer({ min: 1, max: 12 }),
      is_rate: fc.boolean(),
    })
    .chain(({ labels, count, is_rate }) =>
      fc
        .array(fc.array(figure, { minLength: labels.length, maxLength: labels.length }), {
          minLength: count,
          maxLength: count,
        })
        .map((all) => ({
          ...{ name: 'place', title: '地区', labels, left_out: 0, is_rate },
          panels: all.map((values, at) => ({ name: `海北藏族自治州${at}`, values })),
        })),
    )
  fc.assert(
    fc.property(split, fc.constantFrom(340, 740), (all, width) => {
      const lines = layLinePanels(all, width)
      for (const { x, y, width: own, height, end } of lines.panels) {
        assert.ok(x >= 0 && x + own <= width + 1 && own > 60 && y + height <= lines.height)
        if (end) assert.ok(end.x >= 0 && end.x <= own && end.y >= 0 && end.y <= height)
      }
      const bars = layBarPanels(all, width)
      for (const { x, y, width: own, height, bars: shown } of bars.panels) {
        assert.ok(x + own <= width + 1 && y + height <= bars.height)
        for (const bar of shown) assert.ok(bar.x >= 0 && bar.x + bar.width <= own + 1 && Number.isFinite(bar.width))
      }
    }),
  )
})

test('prices of rice and of petrol are drawn by how they went, prices of one good in two places by what they are (T4.2)', () => {
  const split = (...all: (number | null)[][]) => ({
    ...{ name: 'goods', title: '商品', labels: ['2017-11', '2017-12'], left_out: 0, is_rate: true },
    panels: all.map((values, at) => ({ name: `第${at}种`, values })),
  })
  const ends = (of: ReturnType<typeof split>) => layLinePanels(of, 740).panels.map(({ end }) => end?.text)
  assert.deepEqual(ends(split([3, 3.3], [100, 95], [null, 6])), ['+10.0%', '−5.0%', '0.0%'])
  assert.deepEqual(ends(split([3, 3.3], [3.2, 3.1])), ['3.3', '3.1'])
  assert.deepEqual(ends({ ...split([3, 3.3], [100, 95]), is_rate: false }), ['3.3', '95'])
  assert.deepEqual(ends(split([0, 3.3], [100, 95])), ['3.3', '95'], 'nothing to begin with')
})

test('on a phone long names stand whole above their bars, on a desk and where they are short beside them (T4.2, P20)', () => {
  const organs = ['青海省人力资源和社会保障厅', '青海省人民政府电子政务办公室'].map((label, at) => ({
    label,
    value: at + 1,
  }))
  const labelsOf = (width: number) => layBars(organs, width).bars.map(({ label }) => label)
  assert.deepEqual(
    labelsOf(340),
    organs.map(({ label }) => label),
  )
  const [phone, desk] = [layBars(organs, 340), layBars(organs, 740)]
  for (const { y, label_y, height } of phone.bars)
    assert.ok(label_y < y && label_y > y - 20 && y + height <= phone.bottom)
  for (const { y, label_y } of desk.bars) assert.ok(label_y > y)
  assert.ok(
    layBars([{ label: '小学', value: 1 }], 340).bars[0]!.label_y >
      layBars([{ label: '小学', value: 1 }], 340).bars[0]!.y,
  )
})

test('the map keeps areas as they are on the ground, north up and east right (T4.2)', () => {
  const [west, east, north, south] = [albers([92, 35.5]), albers([100, 35.5]), albers([96.2, 39]), albers([96.2, 32])]
  assert.ok(east[0] > west[0] && north[1] < south[1])
  // A square degree at 38° north is cos 38 / cos 33 of one at 33°.
  const area = (lat: number) => {
    const ring = [albers([98, lat]), albers([98.01, lat]), albers([98.01, lat + 0.01]), albers([98, lat + 0.01])]
    return Math.abs(ring.reduce((sum, [x, y], at) => sum + x * ring[(at + 1) % 4]![1] - y * ring[(at + 1) % 4]![0], 0))
  }
  const ratio = area(38) / area(33)
  assert.ok(Math.abs(ratio - Math.cos((38.005 * Math.PI) / 180) / Math.cos((33.005 * Math.PI) / 180)) < 1e-4)
})

test('a geometry nobody can draw is nothing, and a path ends where its line ends (T4.2)', () => {
  for (const value of [
    null,
    7,
    'x',
    {},
    { type: 'Polygon' },
    { type: 'Polygon', coordinates: [[['a', 1]]] },
    { type: 'Circle' },
  ])
    assert.equal(shapeOf(value).rings.flat().length, 0)
  assert.equal(
    pathOf(
      [
        [0, 0],
        [1.26, 2.04],
        [3, -4],
      ],
      false,
    ),
    'M0 0l1.3 2 1.7-6',
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.ok(
        shapeOf({ type: 'MultiPolygon', coordinates: value }).rings.every((ring) =>
          ring.every(([x]) => Number.isFinite(x)),
        ),
      )
      layMap({ ...NOTHING, shapes: [{ label: 'x', geometry: { type: 'Polygon', coordinates: value }, value: 1 }] })
    }),
  )
})

const wavy = (lon: number, lat: number): number[][] => {
  const ring = Array.from({ length: 4000 }, (_, at) => {
    const [angle, reach] = [(at * Math.PI) / 2000, 0.4 + 0.1 * Math.sin(at * 1.7)]
    return [lon + Math.cos(angle) * reach, lat + Math.sin(angle) * reach]
  })
  return [...ring, ring[0]!]
}

test('a map of many long borders stays within its allowance of text (T4.2)', () => {
  const shapes = Array.from({ length: 12 }, (_, at) => ({
    label: `第${at}片`,
    geometry: { type: 'Polygon', coordinates: [wavy(92 + at * 0.8, 35)] },
    value: at,
  }))
  const layout = layMap({ ...NOTHING, shapes, measure_title: '面积' })!
  const text = [...layout.base, ...layout.areas.map(({ path }) => path)].join('')
  assert.ok(text.length <= MOST_PATH, `${text.length}`)
  assert.equal(layout.areas.length, 12)
  assert.ok(layout.is_qinghai && layout.bounds.length === 5)
})

test('points in one valley are shown closer than the whole province, points elsewhere without it (T4.2)', () => {
  const at = (lon: number, lat: number) => ({ lon, lat, label: '站', category: null })
  const valley = layMap({ ...NOTHING, points: [at(101.6, 36.6), at(101.9, 36.7)] })!
  const [left, right] = valley.marks[0]!.positions as [readonly [number, number], readonly [number, number]]
  assert.ok(right[0] - left[0] > 300)
  assert.equal(layMap({ ...NOTHING, points: [at(116.4, 39.9)] })!.base.join(''), '')
  assert.equal(layMap(NOTHING), undefined)
})
