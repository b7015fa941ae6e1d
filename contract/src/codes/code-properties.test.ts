import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { citizenCheck, creditCheck, licenceCheck, organCheck } from './check-digit.ts'
import { isCitizenId, parseCitizenId } from './citizen-id.ts'
import { parseCreditCode } from './credit-code.ts'
import { formatDay, parseDay } from './day.ts'
import { parseOrganCode } from './organ-code.ts'
import { parseResourceCode } from './resource-code.ts'

const TODAY = '2017-12-11'
const CREDIT = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
const BASE_36 = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const text = (letters: string[], length: number) =>
  fc.array(fc.constantFrom(...letters), { minLength: length, maxLength: length }).map((all) => all.join(''))

const citizenId = fc
  .tuple(
    fc.constantFrom('110105', '630103', '632801', '632221'),
    fc.integer({ min: parseDay('1900-01-01'), max: parseDay(TODAY) }),
    text([...'0123456789'], 3),
  )
  .map(([division, born, order]) => {
    const first17 = division + formatDay(born).replaceAll('-', '') + order
    return { id: first17 + citizenCheck(first17), born_on: formatDay(born) }
  })

const creditCode = fc
  .tuple(fc.constantFrom('11', '12', '51', '91', '92'), text([...'0123456789'], 6), text(CREDIT, 9))
  .map((parts) => parts.join('') + creditCheck(parts.join('')))

const CHANGED = [...'0123456789X']

test('whoever was born on any day since 1900 has an id that says so (GB 11643)', () => {
  fc.assert(
    fc.property(citizenId, ({ id, born_on }) => {
      const parsed = parseCitizenId(id, TODAY)
      assert.ok(parsed.ok)
      assert.equal(parsed.born_on, born_on)
      assert.equal(parsed.sex, Number(id[16]) % 2 === 1 ? 'male' : 'female')
    }),
  )
})

test('one wrong digit in a citizen id never passes (GB 11643)', () => {
  fc.assert(
    fc.property(citizenId, fc.nat(17), fc.constantFrom(...CHANGED), ({ id }, at, char) => {
      fc.pre(id[at] !== char)
      assert.equal(parseCitizenId(id.slice(0, at) + char + id.slice(at + 1), TODAY).ok, false)
    }),
  )
})

test('two neighbouring digits swapped in a citizen id never pass (GB 11643)', () => {
  fc.assert(
    fc.property(citizenId, fc.nat(16), ({ id }, at) => {
      fc.pre(id[at] !== id[at + 1])
      const swapped = id.slice(0, at) + id[at + 1] + id[at] + id.slice(at + 2)
      assert.equal(parseCitizenId(swapped, TODAY).ok, false)
    }),
  )
})

test('one wrong character in a credit code never passes (GB 32100)', () => {
  fc.assert(
    fc.property(creditCode, fc.nat(17), fc.constantFrom(...CREDIT), (code, at, char) => {
      assert.equal(parseCreditCode(code).ok, true)
      fc.pre(code[at] !== char)
      assert.equal(parseCreditCode(code.slice(0, at) + char + code.slice(at + 1)).ok, false)
    }),
  )
})

test('an organisation code passes with its own check digit only (GB 11714)', () => {
  fc.assert(
    fc.property(text(BASE_36, 8), fc.constantFrom(...CHANGED), (body, char) => {
      assert.equal(parseOrganCode(`${body}-${char}`).ok, char === organCheck(body))
    }),
  )
})

test('one wrong character in a licence id changes its check character (GB/T 17710)', () => {
  fc.assert(
    fc.property(text(BASE_36, 50), fc.nat(49), fc.constantFrom(...BASE_36), (body, at, char) => {
      fc.pre(body[at] !== char)
      assert.notEqual(licenceCheck(body.slice(0, at) + char + body.slice(at + 1)), licenceCheck(body))
    }),
  )
})

test('no text whatever makes a parser fail otherwise than by refusing it (domain §5.1)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (any) => {
      for (const parsed of [
        parseCitizenId(any, TODAY),
        parseCreditCode(any),
        parseOrganCode(any),
        parseResourceCode(any),
      ])
        if (!parsed.ok) assert.ok(parsed.reason.length > 0 && /\p{Script=Han}/u.test(parsed.message))
    }),
  )
})

test('the short answer on an id is the long one without its words (GB 11643)', () => {
  const near = fc
    .tuple(citizenId, fc.nat(17), fc.constantFrom(...CHANGED, 'x', '１', ''), fc.boolean(), fc.boolean())
    .map(([{ id }, at, character, isChanged, isMended]) => {
      const changed = isChanged ? id.slice(0, at) + character + id.slice(at + 1) : id
      return isMended && /^\d{17}/.test(changed) ? changed.slice(0, 17) + citizenCheck(changed.slice(0, 17)) : changed
    })
  const any = fc.tuple(text([...'0123456789'], 17)).map(([first17]) => first17 + citizenCheck(first17))
  const edges = fc
    .tuple(
      fc.constantFrom('63', '99'),
      fc.constantFrom(
        '20000229',
        '19000229',
        '19010229',
        '20171211',
        '20171212',
        '20180101',
        '00010101',
        '19991301',
        '19990431',
        '19990100',
      ),
    )
    .map(([province, born]) => `${province}0103${born}001`)
    .map((first17) => first17 + citizenCheck(first17))
  fc.assert(
    fc.property(fc.oneof(near, any, edges), (id) => {
      assert.equal(isCitizenId(id, TODAY), parseCitizenId(id, TODAY).ok, id)
    }),
    { numRuns: 2000 },
  )
})
