import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCitizenId } from './citizen-id.ts'
import { parseCreditCode } from './credit-code.ts'
import { parseLicenceId } from './licence-id.ts'
import { parseOrganCode } from './organ-code.ts'
import { formatResourceCode, fromAddressCode, parseResourceCode, toAddressCode } from './resource-code.ts'

const TODAY = '2017-12-11'

test('every sample of the standards and every invented one of the domain page is accepted (GB 11643, GB 32100, GB 11714)', () => {
  const citizens = '11010519491231002X 63010319900101001X 632801198512120037 632221197803080029 632701200002290014'
  for (const id of citizens.split(' ')) assert.equal(parseCitizenId(id, TODAY).ok, true, id)
  const credits =
    '11310000MB2F30661Y 12320100671322000Q 91350100M000100Y43 11630000MB1A0001XG 11630000015000011M ' +
    '12630000MB1A00028D 91630100MA7520013J 92632801MA7520021M 51630000500100016B'
  for (const code of credits.split(' ')) assert.equal(parseCreditCode(code).ok, true, code)
  for (const code of ['D2143569-X', 'D2143569X', 'MB2F30661', '671322000'])
    assert.equal(parseOrganCode(code).ok, true, code)
})

test('a citizen id tells birth, sex and division (GB 11643)', () => {
  assert.deepEqual(parseCitizenId('632221197803080029', TODAY), {
    ok: true,
    value: '632221197803080029',
    division_code: '632221',
    born_on: '1978-03-08',
    sex: 'female',
  })
})

test('a wrong citizen id is refused, each kind with its own reason (GB 11643, domain §5.1)', () => {
  const cases: [text: string, reason: string][] = [
    ['', 'empty'],
    ['１1010519491231002X', 'full_width'],
    ['11010519491231002Ｘ', 'full_width'],
    ['11010519491231002x', 'lower_case'],
    [' 11010519491231002X', 'blank'],
    ['110105491231002', 'old_15_digits'],
    ['1101051949123100', 'length'],
    ['11010519491231O02X', 'character'],
    ['X10105194912310021', 'character'],
    ['99010519491231002X', 'division'],
    ['11010519490230002X', 'birth_impossible'],
    ['11010519491301002X', 'birth_impossible'],
    ['632701210002290014', 'birth_impossible'],
    ['632701201712120016', 'birth_in_future'],
    ['110105194912310021', 'check_digit'],
    ['11010519491213002X', 'check_digit'],
  ]
  for (const [text, reason] of cases) {
    const parsed = parseCitizenId(text, TODAY)
    assert.equal(parsed.ok ? 'accepted' : parsed.reason, reason, text)
  }
})

test('somebody born today has an id today, not the day before (domain §5.1)', () => {
  const id = '632701200002290014'
  assert.equal(parseCitizenId(id, '2000-02-29').ok, true)
  const early = parseCitizenId(id, '2000-02-28')
  assert.equal(early.ok ? '' : early.reason, 'birth_in_future')
})

test('a credit code tells who registered what (GB 32100)', () => {
  const parsed = parseCreditCode('12320100671322000Q')
  assert.ok(parsed.ok)
  assert.equal(parsed.kind, '事业单位')
  assert.equal(parsed.division_code, '320100')
  assert.equal(parsed.organ_code, '671322000')
})

test('a wrong credit code is refused, each kind with its own reason (GB 32100)', () => {
  const cases: [text: string, reason: string][] = [
    ['', 'empty'],
    ['1131０000MB2F30661Y', 'full_width'],
    ['11310000 MB2F30661Y', 'blank'],
    ['11310000MB2F30661', 'length'],
    ['11310000mb2f30661y', 'lower_case'],
    ['11310000MB2F3O661Y', 'character'],
    ['11310000MB2S30661Y', 'character'],
    ['1131000XMB2F30661Y', 'division'],
    ['11310000MB2F30661X', 'check_digit'],
    ['11310000MB2F30616Y', 'check_digit'],
  ]
  for (const [text, reason] of cases) {
    const parsed = parseCreditCode(text)
    assert.equal(parsed.ok ? 'accepted' : parsed.reason, reason, text)
  }
})

test('an organisation code keeps to its letters and its check digit (GB 11714)', () => {
  const cases: [text: string, reason: string][] = [
    ['d2143569-X', 'lower_case'],
    ['D214356X', 'length'],
    ['D214356-X', 'character'],
    ['D214356*-X', 'character'],
    ['D2143569-1', 'check_digit'],
    ['Ｄ2143569-X', 'full_width'],
  ]
  for (const [text, reason] of cases) {
    const parsed = parseOrganCode(text)
    assert.equal(parsed.ok ? 'accepted' : parsed.reason, reason, text)
  }
})

const LICENCES = [
  '1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U',
  '1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F',
]

test('both published licence ids are accepted and taken apart (GB/T 36904)', () => {
  for (const id of LICENCES) assert.equal(parseLicenceId(id).ok, true, id)
  const parsed = parseLicenceId(LICENCES[1] as string)
  assert.ok(parsed.ok)
  assert.deepEqual([parsed.issuer_code, parsed.serial, parsed.version], ['11220000013544541J', '2430599', '001'])
})

test('a wrong licence id is refused, each kind with its own reason (GB/T 36904)', () => {
  const good = LICENCES[0] as string
  const cases: [text: string, reason: string][] = [
    [good.replace('.U', '.V'), 'check_digit'],
    [good.replace('20230000403', '20230000404'), 'check_digit'],
    [good.replace('1.2.156', '1.3.156'), 'layout'],
    [good.replace('.001.', '.01.'), 'layout'],
    [good.replace('13338W011', '13338X011'), 'type_owner'],
    [good.replace('6122244L', '6122244M'), 'issuer'],
    [good.toLowerCase(), 'lower_case'],
  ]
  for (const [text, reason] of cases) {
    const parsed = parseLicenceId(text)
    assert.equal(parsed.ok ? 'accepted' : parsed.reason, reason, text)
  }
})

test('a resource code names class, category and number, and travels in addresses with a hyphen (1272号, domain §1.3)', () => {
  const parsed = parseResourceCode('302015001/000007')
  assert.ok(parsed.ok)
  assert.deepEqual([parsed.resource_class, parsed.class_code, parsed.seq], ['department', '302015001', 7])
  assert.equal(formatResourceCode('302015001', 7), '302015001/000007')
  assert.equal(fromAddressCode(toAddressCode('302015001/000007')), '302015001/000007')
  for (const text of ['402015001/000007', '302015001-000007', '30201/000007', '302015001/00000000007'])
    assert.equal(parseResourceCode(text).ok, false, text)
  const zero = parseResourceCode('302015001/000000')
  assert.equal(zero.ok ? '' : zero.reason, 'sequence')
})
