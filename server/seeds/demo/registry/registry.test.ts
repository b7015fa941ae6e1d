import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codes } from '@sanjiang/contract'
import { demoResources } from '../resources.ts'
import { makeFirms } from './firms.ts'
import { answerOf, draftOf, makeOffers } from './offers.ts'
import { makePeople } from './people.ts'
import { diplomaOf, marriageOf, medicalOf, pensionOf, pupilOf } from './records.ts'
import { serveOffers } from './serve.ts'

const TODAY = '2017-12-11'
const people = makePeople()
const firms = makeFirms(people)
const offers = makeOffers(people, firms)
const serving = await serveOffers(offers, 0)
after(() => serving.close())

test('a hundred thousand inhabitants and twenty thousand firms have numbers of their own that pass (GB 11643, GB 32100)', () => {
  assert.deepEqual([people.count, firms.count], [100_000, 20_000])
  const ids = new Set<string>()
  for (let index = 0; index < people.count; index += 7) {
    const person = people.at(index)
    const parsed = codes.parseCitizenId(person.citizen_id, TODAY)
    assert.ok(parsed.ok, person.citizen_id)
    assert.equal(parsed.born_on, person.birth_on)
    assert.equal(parsed.sex, person.sex === '1' ? 'male' : 'female')
    assert.ok(codes.divisionAt(person.division_code, TODAY), person.division_code)
    ids.add(person.citizen_id)
  }
  assert.equal(ids.size, Math.ceil(people.count / 7))
  for (let index = 0; index < firms.count; index += 11)
    assert.equal(codes.parseCreditCode(firms.at(index).credit_code).ok, true, firms.at(index).credit_code)
})

test('the same people and firms come out every time, alone or among all (demo)', () => {
  assert.deepEqual(makePeople(1000).at(777), people.at(777))
  const person = people.at(54_321)
  assert.deepEqual(people.find(person.citizen_id), person)
  assert.equal(people.find('11010519491231002X'), undefined)
  assert.deepEqual(firms.find(firms.at(999).credit_code), firms.at(999))
})

test('what departments keep about a person agrees with who the person is (demo)', () => {
  const counts = { diploma: 0, medical: 0, pension: 0, pupil: 0, marriage: 0 }
  for (let index = 0; index < 4000; index++) {
    const person = people.at(index)
    const age = 2017 - Number(person.birth_on.slice(0, 4))
    const pupil = pupilOf(person)
    if (pupil) assert.ok(age >= 7 && age <= 18)
    const pension = pensionOf(person)
    if (pension) assert.ok(age >= 22 && pension.paid_months > 0)
    const marriage = marriageOf(person)
    if (marriage) assert.ok(codes.isDate(marriage.registered_on) && age >= 22, marriage.registered_on)
    counts.diploma += diplomaOf(person) ? 1 : 0
    counts.medical += medicalOf(person) ? 1 : 0
    counts.pension += pension ? 1 : 0
    counts.pupil += pupil ? 1 : 0
    counts.marriage += marriage ? 1 : 0
  }
  for (const [kind, count] of Object.entries(counts)) assert.ok(count > 100, `${kind} ${count}`)
})

test('every service answers for the items of a catalogued resource, and for nothing else (T8.1)', () => {
  const resources = new Map([...demoResources()].map((resource) => [resource.key, resource]))
  for (const offer of offers) {
    const resource = resources.get(offer.resource_key)
    assert.ok(resource, offer.resource_key)
    const items = resource.items.map((item) => item.name_en)
    for (const [item] of offer.fields) assert.ok(items.includes(item), `${offer.resource_key} ${item}`)
    const { parameters, fields } = draftOf(offer, 'http://127.0.0.1:1', '0')
    assert.ok(items.includes(parameters[0]?.item ?? ''))
    assert.ok(
      fields.some((field) => field.subject),
      offer.resource_key,
    )
  }
})

const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`http://127.0.0.1:${serving.port}${path}`)
  return { status: answer.status, body: await answer.json() }
}

test('the police answer in their own words, for an inhabitant and for a stranger (T8.1)', async () => {
  const person = people.at(0)
  const found = (await get(`/police/persons/${person.citizen_id}`)).body as { code: number; data: { XM: string } }
  assert.deepEqual([found.code, found.data.XM], [0, person.person_name])
  const stranger = (await get('/police/persons/11010519491231002X')).body as { code: number; data: null }
  assert.deepEqual([stranger.code, stranger.data], [0, null])
})

test('one provider tells its errors with 200, one is slow, unknown services are not found (C1)', async () => {
  const quirky = offers.find((offer) => offer.path === '/education/diplomas')
  assert.ok(quirky)
  assert.deepEqual(answerOf(quirky, '632221197803080029'), { status: 'ERROR', message: 'ORA-12541: TNS:no listener' })
  const slow = offers.find((offer) => offer.path === '/civil-affairs/marriages')
  assert.ok((slow?.delayOf?.('63270120000229001X') ?? 0) > 1000)
  assert.ok((slow?.delayOf?.('632701200002290011') ?? 0) > (slow?.timeout_ms ?? 0))
  assert.equal((await get('/nowhere/1')).status, 404)
})
