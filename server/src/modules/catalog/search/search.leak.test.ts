import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, type Role } from '@sanjiang/contract'
import fc from 'fast-check'
import { type CatalogWorld, draftOf, ITEM, openCatalog } from '#test/catalog-world.ts'
import { ORGANS, type OrganKey, pathOf, type Voice } from '#test/harness.ts'
import { importPublished } from '../index.ts'

let world: CatalogWorld
interface Kept {
  readonly id: string
  readonly name: string
  readonly label: string
}
let kept: Kept[]

const PROVIDERS = ['police', 'civil_affairs', 'social_security', 'commerce', 'xining_civil_affairs'] as const
const CLASSES = ['363007', '363010', '363013', '363027', '101001']
const AUDIENCES = ['all', 'government', 'organ'] as const
// Words that stand in one entry alone, and words that stand in several; who may not see an entry must not learn its own.
const SUBJECTS = '冰川 湿地 雪豹 岩羊 黑颈鹤 青稞 油菜 枸杞 牦牛 藏毯 唐卡 花儿 盐湖 钾肥 光伏'.split(' ')
const KINDS = ['巡查记录', '登记信息', '统计台账']

const labelOf = (organ: OrganKey, audience: (typeof AUDIENCES)[number]): string => {
  if (audience === 'all') return '/'
  return audience === 'organ' ? pathOf(organ) : pathOf('root')
}

before(async () => {
  world = await openCatalog()
  const drafts = PROVIDERS.flatMap((organ, row) =>
    AUDIENCES.map((audience, column) => {
      const subject = SUBJECTS[row * 3 + column]!
      const name = `${subject}${KINDS[(row + column) % 3]}`
      const items = [ITEM, { ...ITEM, name: `${subject}编号`, name_en: `subject_${row}_${column}` }]
      const more = { class_code: CLASSES[row], audience, items, keywords: [`${subject}保护`], summary: '说明从略。' }
      return { organ, audience, name, draft: { ...draftOf(name, more), provider_organ_id: ORGANS[organ] } }
    }),
  )
  const rows = drafts.map(({ name, draft }) => ({ key: name, draft, published_on: '2017-05-01' }))
  const { published, refused } = await importPublished(await world.ctx(), rows)
  assert.deepEqual(refused, [])
  kept = drafts.map(({ organ, audience, name }, at) => ({
    id: published[at]!.resource_id,
    name,
    label: labelOf(organ, audience),
  }))
  await world.sql(
    `insert into catalog.quality (resource_id, version, provider_organ_id, score, level, reasons, error_count, rules_from, folded_on)
     select resource_id, version, provider_organ_id, 80, (array['A', 'B', 'C', 'D'])[1 + row_number() over (order by name) % 4], '[]', 0,
       '2017-01-01', '2017-06-01' from catalog.entry where name not like '雪豹%' and name not like '岩羊%'`,
  )
})
after(() => world.close())

const ROLES = [
  'consumer',
  'cataloger',
  'dept_reviewer',
  'provider',
  'catalog_admin',
  'auditor',
] as const satisfies readonly Role[]
const OVERSEERS: readonly string[] = ['catalog_admin', 'auditor']

/** Who sits under a label sees it, as does who has all below him, or all there is. */
const mayKnow = (organ: OrganKey, role: string, { label }: Kept): boolean =>
  OVERSEERS.includes(role) || pathOf(organ).startsWith(label) || label.startsWith(pathOf(organ))

const QUERIES = [
  ...['', '登记信息', '巡查', '湿地登记信息', '雪豹', '保护', '岩羊编号', 'subject', 'subject_1', '363', '363027'],
  ...['bingchuan', 'xb', 'qkxc', '雪抱巡查', '黑颈鸟登记', '青科', '钾肥台账统计', '没有的东西', '公安厅', '工商 枸杞'],
]
const FACETED = [
  { q: '登记信息', share_type: ['unconditional'] },
  { q: '编号', provider: [ORGANS.root] },
  { attached: ['none'] },
  { quality: ['B', 'D'] },
  { q: '保护', quality: ['none'] },
]

const everythingSaid = async ({ call }: Voice) => {
  const answers: { said: unknown; rows: readonly { resource_id: string }[]; total: number }[] = []
  for (const query of [...QUERIES.map((q) => ({ q })), ...FACETED]) {
    const { rows, total, ...rest } = await call(catalog.search, { query: { ...query, limit: 50 } })
    const suggested = 'q' in query && query.q ? await call(catalog.suggest, { query: { q: query.q } }) : []
    answers.push({ said: { query, rest, suggested }, rows, total })
  }
  return answers
}

const withoutEntries = async <T>(ids: readonly string[], work: () => Promise<T>): Promise<T> => {
  await world.sql('create table public.put_aside as select * from catalog.entry where resource_id = any($1)', [ids])
  await world.sql('delete from catalog.entry where resource_id = any($1)', [ids])
  try {
    return await work()
  } finally {
    await world.sql('insert into catalog.entry select * from public.put_aside')
    await world.sql('drop table public.put_aside')
  }
}

test('nobody learns from any answer of an entry that is not for him: all is as if it did not exist (T2.2, P2)', async () => {
  const organ = fc.constantFrom(...(Object.keys(ORGANS) as OrganKey[]))
  await fc.assert(
    fc.asyncProperty(organ, fc.constantFrom(...ROLES), async (where, role) => {
      const voice = await world.signIn(where, role)
      const hidden = kept.filter((one) => !mayKnow(where, role, one))
      const answers = await everythingSaid(voice)
      for (const { said, rows, total } of answers) {
        assert.equal(rows.length, total, 'the total counts what is shown')
        const text = JSON.stringify({ said, rows })
        for (const { id, name } of hidden) assert.ok(!text.includes(id) && !text.includes(name), `${name} in ${text}`)
      }
      assert.equal(answers[0]!.total, kept.length - hidden.length)
      const without = await withoutEntries(
        hidden.map(({ id }) => id),
        () => everythingSaid(voice),
      )
      assert.deepEqual(answers, without)
    }),
    { numRuns: 6 },
  )
})
