import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CkanFault } from './ckan.fault.ts'
import { parseQuery, parseTyped, type Query } from './ckan.query.ts'

const told = (query: Query): string => {
  if (query.is === 'all') return '*'
  if (query.is === 'not') return `!${told(query.of)}`
  if (query.is === 'term') return `${query.field}=${query.value}${query.isPattern ? '~' : ''}`
  if (query.is === 'range') return `${query.field}=${query.from.value}..${query.to.value}`
  return `(${query.of.map(told).join(query.is === 'and' ? ' & ' : ' | ')})`
}

test('a filter is read as Solr reads what CKAN’s clients write (T4.2, CKAN)', () => {
  const readings: readonly (readonly [query: string, reading: string])[] = [
    ['', '*'],
    ['*:*', '*'],
    ['organization:gsj-1', 'organization=gsj-1'],
    ['tags:"养老 机构"', 'tags=养老 机构'],
    ['+organization:a +res_format:CSV', '(organization=a & res_format=CSV)'],
    ['organization:a -tags:b', '(organization=a & !tags=b)'],
    ['tags:a OR tags:b AND license_id:open', '(tags=a | (tags=b & license_id=open))'],
    ['tags:(a OR "b c")', '(tags=a | tags=b c)'],
    ['NOT (tags:a tags:b)', '!(tags=a & tags=b)'],
    ['!tags:a && name:x*', '(!tags=a & name=x*~)'],
    ['tags:*', 'tags=*~'],
    ['metadata_modified:[2017-01-01T00:00:00Z TO *]', 'metadata_modified=2017-01-01T00:00:00Z..*'],
    ['title:say\\:it "quoted \\" mark"', '(title=say:it & text=quoted " mark)'],
    ['title:水^2', 'title=水'],
  ]
  for (const [query, reading] of readings) assert.equal(told(parseQuery(query)), reading, query)
})

test('what is no query is refused as one, typed words never are (T4.2, CKAN)', () => {
  const wrong = ['(', ')', 'a OR', 'tags:', '{!lucene}x', 'a"b', '['.repeat(3), `${'('.repeat(50)}a`, 'a '.repeat(900)]
  for (const query of wrong)
    assert.throws(
      () => parseQuery(query),
      (error) => error instanceof CkanFault && error.status === 400,
      query,
    )
  for (const typed of wrong) assert.ok(parseTyped(typed))
  assert.equal(told(parseTyped('养老 机构')), '(text=养老 机构)')
})

test('whatever is sent as a query is read or refused, never a fault of ours (T4.2)', () => {
  const marks = fc.constantFrom(...'()[]{}"\\:+-!*?^~ ', 'AND ', 'OR ', 'NOT ', ' TO ', '甲', 'a', 'tags:')
  fc.assert(
    fc.property(fc.array(marks, { maxLength: 60 }), (parts) => {
      try {
        parseQuery(parts.join(''))
      } catch (error) {
        assert.ok(error instanceof CkanFault)
      }
    }),
    { numRuns: 500 },
  )
})
