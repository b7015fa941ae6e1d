import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher } from '../node/index.ts'
import {
  applyMask,
  bodyOf,
  compileProjection,
  fieldsOf,
  keyLineOf,
  lineOf,
  linesOf,
  type MaskRule,
  needsHandle,
  type Projected,
  type ProjectionPlan,
  rowHandle,
  SealError,
  utf8,
} from '../src/index.ts'

const hasher = nodeHasher('sha256')
const secret = utf8('grant secret')
const RULES: readonly MaskRule[] = [
  'none',
  'name',
  'citizen_id',
  'citizen_id_public',
  'mobile',
  'landline',
  'bank_card',
  'address',
  'email',
  'plate',
  'certificate',
  'full',
]
const SAMPLES = [
  '',
  ' ',
  '\u3000',
  '李明',
  '王小明',
  '欧阳修文',
  '阿卜杜勒·热合曼',
  '𠮷野家',
  'བཀྲ་ཤིས།',
  '王',
  '63010319900101001X',
  '630103900101001',
  ' 63010319900101001X ',
  '6301031990010100１X',
  '13812345678',
  '+86 138-1234-5678',
  '6222021234567890123',
  '6222 0212 3456 7890',
  '青海省西宁市城东区互助路1号',
  'zhang.san@example.cn',
  '青A·12345',
  '\\N',
  'a\tb\\c\nd',
  '\r\n',
  '\u0001\u0007',
  'e\u0301e\u0301e\u0301',
  '👨‍👩‍👧 家',
  '\ufeff王小明',
  '中'.repeat(60),
]
const value = fc.option(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...SAMPLES) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.constantFrom('\\', 'N', '\t', '\n', '1', '王', '龥', '㐀', 'x', ' ') }),
    },
  ),
)

/** What the fast one must equal, byte for byte: texts, `applyMask`, no cleverness. */
const slowly = (plan: ProjectionPlan, kind: 'rows' | 'changes', body: Uint8Array): Projected => {
  const rules = new Map(plan.grant.map(({ name_en, mask_rule }) => [name_en, mask_rule]))
  const key = plan.key.map((item) => plan.items.indexOf(item))
  const lines: string[] = []
  let dropped = 0
  for (const bytes of linesOf(body)) {
    const whole = Buffer.from(bytes).toString()
    const operation = kind === 'changes' ? (whole[0] as string) : '+'
    const line = kind === 'changes' ? whole.slice(2) : whole
    const fields = fieldsOf(line)
    const passes = (only: (item: string) => boolean) =>
      plan.conditions.every(({ item, test }) => !only(item) || test(fields[plan.items.indexOf(item)] ?? null))
    const handle = plan.handleSecret && rowHandle(hasher, plan.handleSecret, keyLineOf(line, key))
    const shown = (mayShow: (item: string, text: string | null) => string | null, first: string | null) =>
      [
        ...(handle === undefined ? [] : [first]),
        ...plan.items.flatMap((item, i) => (rules.has(item) ? [mayShow(item, fields[i] ?? null)] : [])),
      ] as (string | null)[]
    const write = (op: string, values: (string | null)[]) =>
      lines.push((kind === 'changes' ? `${op}\t` : '') + lineOf(values))
    if (operation === '!')
      write(
        '!',
        shown(() => null, null),
      )
    else if (operation === '+' && passes(() => true))
      write(
        '+',
        shown((item, text) => (text === null ? null : applyMask(rules.get(item) as MaskRule, text)), handle ?? null),
      )
    else {
      const isTold = passes((item) => plan.key.includes(item))
      if (kind === 'changes' && isTold)
        write(
          '-',
          shown((item, text) => (handle === undefined && plan.key.includes(item) ? text : null), handle ?? null),
        )
      if (operation === '+' || !isTold) dropped++
    }
  }
  return { body: bodyOf(lines), rows: lines.length, dropped }
}

const ITEMS = ['a', 'b', 'c', 'd', 'e']
const conditions: readonly ProjectionPlan['conditions'][number][] = [
  { item: 'a', test: (text) => text !== null && text.length % 2 === 0 },
  { item: 'd', test: (text) => text === null || !text.startsWith('6') },
  { item: 'd', test: (text) => text !== '\\N' },
]
const plans: fc.Arbitrary<ProjectionPlan> = fc
  .record({
    grant: fc
      .shuffledSubarray(ITEMS, { minLength: 1 })
      .chain((names) =>
        fc.tuple(
          ...names.map((name_en) =>
            fc.record({ name_en: fc.constant(name_en), mask_rule: fc.constantFrom('none' as const, ...RULES) }),
          ),
        ),
      ),
    conditions: fc.oneof(fc.constant([]), fc.subarray([...conditions])),
    key: fc.shuffledSubarray(ITEMS, { minLength: 1, maxLength: 3 }),
    handled: fc.boolean(),
    lends: fc.boolean(),
  })
  .map(({ grant, conditions, key, handled, lends }) => {
    const needed = needsHandle({ items: grant, conditions, key })
    return { items: ITEMS, grant, conditions, key, hasher, handleSecret: handled || needed ? secret : undefined, lends }
  })
const rows = fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { maxLength: 12 })
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

test('projecting bytes gives exactly what masking texts gives, for whole rows (T8.1, C3)', () => {
  fc.assert(
    fc.property(plans, rows, (plan, given) => {
      const body = bodyOf(given.map(lineOf))
      const projection = compileProjection(plan)
      const expected = slowly(plan, 'rows', body)
      // Twice, as the second time everything comes from memory.
      for (let turn = 0; turn < 2; turn++) {
        const { body: fast, ...counts } = projection.project('rows', Buffer.from(body))
        assert.equal(text(fast), text(expected.body))
        assert.deepEqual(counts, { rows: expected.rows, dropped: expected.dropped })
      }
    }),
    { numRuns: 600 },
  )
})

test('projecting bytes gives exactly what masking texts gives, for changes (T8.1, C3)', () => {
  const changes = fc.array(
    fc.tuple(fc.constantFrom('+', '+', '-', '!'), fc.array(value, { minLength: 5, maxLength: 5 })),
    {
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(plans, changes, (plan, given) => {
      const whole = (op: string, fields: (string | null)[]) =>
        fields.map((field, i) => (op === '+' || (op === '-' && plan.key.includes(ITEMS[i] as string)) ? field : null))
      const body = bodyOf(given.map(([op, fields]) => `${op}\t${lineOf(whole(op, fields))}`))
      const { body: fast, ...counts } = compileProjection(plan).project('changes', body)
      const expected = slowly(plan, 'changes', body)
      // A grant of everything, unmasked and unconditional, passes changes on as they came.
      assert.equal(text(fast), text(expected.body))
      assert.deepEqual(counts, { rows: expected.rows, dropped: expected.dropped })
    }),
    { numRuns: 600 },
  )
})

test('every mask of every sample is what the gateway would answer (C3)', () => {
  for (const mask_rule of RULES) {
    const plan: ProjectionPlan = {
      items: ['k', 'v'],
      grant: [
        { name_en: 'k', mask_rule: 'none' },
        { name_en: 'v', mask_rule },
      ],
      conditions: [],
      key: ['k'],
      hasher,
    }
    const body = bodyOf(SAMPLES.map((sample, i) => lineOf([String(i), sample])))
    const lines = [...linesOf(compileProjection(plan).project('rows', body).body)].map((line) => fieldsOf(line)[1])
    assert.deepEqual(
      lines,
      SAMPLES.map((sample) => applyMask(mask_rule, sample)),
      mask_rule,
    )
  }
})

const person: ProjectionPlan = {
  items: ['citizen_id', 'name', 'division', 'phone'],
  grant: [
    { name_en: 'citizen_id', mask_rule: 'none' },
    { name_en: 'name', mask_rule: 'name' },
  ],
  conditions: [],
  key: ['citizen_id'],
  hasher,
}
const inXining = { item: 'division', test: (code: string | null) => code?.startsWith('6301') ?? false }

test('a row that leaves a grant is removed by its handle, and its number is told to nobody (T8.1, C3)', () => {
  const plan = { ...person, conditions: [inXining] }
  assert.throws(() => compileProjection(plan), { name: 'SealError', field: 'handleSecret' })
  const projection = compileProjection({ ...plan, handleSecret: secret })
  assert.deepEqual(projection.items, ['row_handle', 'citizen_id', 'name'])
  const body = bodyOf([
    '+\t1\t王小明\t630101\t138',
    '+\t2\t李明\t632801\t139',
    '-\t3\t\\N\t\\N\t\\N',
    '!\t\\N\t\\N\t\\N\t\\N',
  ])
  const handles = ['1', '2', '3'].map((key) => rowHandle(hasher, secret, key))
  const projected = projection.project('changes', body)
  assert.equal(
    text(projected.body),
    `+\t${handles[0]}\t1\t王*明\n-\t${handles[1]}\t\\N\t\\N\n-\t${handles[2]}\t\\N\t\\N\n!\t\\N\t\\N\t\\N\n`,
  )
  assert.deepEqual([projected.rows, projected.dropped], [4, 1])
})

test('what a condition on the key shuts out leaves no trace among the changes (T8.1, C3)', () => {
  const projection = compileProjection({ ...person, conditions: [{ item: 'citizen_id', test: (id) => id !== '2' }] })
  const body = bodyOf(['+\t2\t李明\t632801\t139', '-\t2\t\\N\t\\N\t\\N', '-\t3\t\\N\t\\N\t\\N'])
  assert.deepEqual(projection.project('changes', body), { body: bodyOf(['-\t3\t\\N']), rows: 1, dropped: 2 })
})

test('a whole grant passes the bytes themselves (T8.1)', () => {
  const grant = person.items.map((name_en) => ({ name_en, mask_rule: 'none' as const }))
  const body = bodyOf(['1\t王\t630101\t\\N', '2\t李\t\t'])
  const projected = compileProjection({ ...person, grant }).project('rows', body)
  assert.equal(projected.body, body)
  assert.equal(projected.rows, 2)
})

test('a line with too few or too many fields, or cut short, stops the chunk (T8.1)', () => {
  const projection = compileProjection(person)
  for (const body of [
    '1\t2\t3\n',
    '1\t2\t3\t4\t5\n',
    '1\t2\t3\t4',
    '1\t2\t3\n4\n',
    '\n',
    '1\t2\t3\t4\n\n',
    '1\n2\t3\t4\n',
  ])
    assert.throws(() => projection.project('rows', utf8(body)), SealError, JSON.stringify(body))
  for (const body of ['+\t1\t2\t3\n', '*\t1\t2\t3\t4\n', '-\t1\n', '+1\t2\t3\t4\n', '-\t1\t2\t3\t4\t5\n', '+\n'])
    assert.throws(() => projection.project('changes', utf8(body)), SealError, JSON.stringify(body))
  assert.throws(() => compileProjection({ ...person, key: ['none'], handleSecret: secret }), { field: 'none' })
})

test('a value that cannot be read is hidden where it is masked and satisfies no condition (C3)', () => {
  const grant = [...person.grant, { name_en: 'phone', mask_rule: 'certificate' as const }]
  const bad = Buffer.concat([utf8('1\t王\\x明\t630101\t'), Buffer.of(0xe7, 0x8e), utf8('\n')])
  assert.equal(text(compileProjection({ ...person, grant }).project('rows', bad).body), '1\t****\t****\n')
  const strict = compileProjection({
    ...person,
    conditions: [{ item: 'phone', test: () => true }],
    handleSecret: secret,
  })
  assert.equal(strict.project('rows', bad).dropped, 1)
})
