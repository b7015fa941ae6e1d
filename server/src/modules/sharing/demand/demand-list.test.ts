import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import fc from 'fast-check'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { publish } from '#test/sharing-ground.ts'
import { cellsOf, readList } from './demand-list.rules.ts'

const DEFAULTS = { wanted_on: '2018-03-01', purpose_ref: '三定方案 第二条' }
const HEAD = '所需信息资源名称,提供方,资源描述,是否已获取,建议获取方式,期望使用频率,用途,所需(内设)机构'

let world: World
let civil: Voice
before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  await publish(world)
})
after(() => world?.close())

const tell = (text: string, is_confirmed: boolean) => ({ body: { ...DEFAULTS, text, is_confirmed } })

test('a 需求清单 is shown as it would be filed, then its good rows are filed together and matched by the worker (T1.2)', async () => {
  const text = `省民政厅需求清单\n${HEAD}
户籍人口信息,青海省公安厅,"含姓名、住址",否,接口,每日,数据校核,社会救助处
户籍 人口信息,青海省公安厅,重复的一行,否,接口,每日,数据校核,社会救助处
婚姻登记信息,不存在的局,,是,库表,每月,行政依据,
,青海省公安厅,没有名称,,,,,
车辆信息,,,,飞鸽传书,天天,,`
  const seen = await civil.call(sharing.readDemandList, tell(text, false))
  assert.deepEqual([seen.new, seen.repeated, seen.faulty], [2, 1, 2])
  assert.deepEqual(seen.rows.at(-1)!.faults, ['看不懂的使用频率“天天”', '看不懂的获取方式“飞鸽传书”'])
  assert.equal((await civil.call(sharing.listDemands, { query: {} })).rows.length, 0)
  const done = await civil.call(sharing.readDemandList, tell(text, true))
  await world.drain()
  const demand = await civil.call(sharing.getDemand, { params: { id: done.rows[0]!.demand_id! } })
  assert.deepEqual([demand.supplier_name, demand.frequency, demand.inner_unit], ['青海省公安厅', 'daily', '社会救助处'])
  assert.equal(demand.stage, 'matched')
  const again = await civil.call(sharing.readDemandList, tell(text, true))
  assert.deepEqual([again.new, again.repeated], [0, 3])
})

test('a list pasted from a sheet is read by its tabs; without the one heading that matters it is refused (T1.2)', async () => {
  const pasted = readList('名称\t来源部门\n不动产登记信息\t自然资源厅', DEFAULTS)
  assert.ok('rows' in pasted && pasted.rows[0]!.draft.name === '不动产登记信息')
  const problem = await civil.refused(sharing.readDemandList, tell('甲,乙\n1,2', true))
  assert.deepEqual([problem.code, problem.fields![0]!.field], ['invalid', 'text'])
  const outsider = await world.signIn('police', 'auditor')
  assert.equal((await outsider.refused(sharing.readDemandList, tell(HEAD, false))).status, 403)
})

test('no text makes the reading of a list fail, and no row is lost or doubled (T1.2)', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 })
  fc.assert(
    fc.property(text, (junk) => {
      cellsOf(junk)
      readList(junk, DEFAULTS)
      const read = readList(`${HEAD}\n${junk}`, DEFAULTS)
      if ('rows' in read) for (const { draft } of read.rows) assert.ok(draft.name.length <= 200)
    }),
  )
  const cell = fc.string({ minLength: 1, maxLength: 20 }).map((one) => one.replaceAll('\r', ' '))
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (table) => {
      const text = table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n')
      assert.deepEqual(
        cellsOf(text),
        table.map((row) => row.map((one) => one.trim())),
      )
    }),
  )
})
