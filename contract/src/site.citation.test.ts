import assert from 'node:assert/strict'
import { test } from 'node:test'
import { citationOf } from './site.citation.ts'
import { changeBetween } from './site.file.ts'
import type { SiteColumn } from './site.ts'

const CITED = {
  slug: '302015001-000007',
  title: '企业登记名录',
  organ_name: '省工商行政管理局',
  edition_no: 1,
  carried_on: '2017-12-05',
  cited_on: '2018-01-09',
  url: 'https://data.example.gov.cn/datasets/302015001-000007',
}

test('a dataset is cited as GB/T 7714 wants an online dataset cited; a first edition is not named (T4.2)', () => {
  assert.equal(
    citationOf(CITED).gbt7714,
    '省工商行政管理局. 企业登记名录[DS/OL]. (2017-12-05)[2018-01-09]. https://data.example.gov.cn/datasets/302015001-000007.',
  )
  assert.match(citationOf({ ...CITED, edition_no: 3 }).gbt7714, /\[DS\/OL\]\. 3版\. \(2017-12-05\)/)
})

test('a BibTeX entry holds whatever stands in a title without breaking (T4.2)', () => {
  const { bibtex } = citationOf({ ...CITED, title: '收入 100% {含} A&B_表 #1 \\x ~^ $' })
  assert.match(bibtex, /^@misc\{302015001-000007-e1,\n/)
  assert.match(bibtex, /title = \{\{收入 100\\% \\\{含\\\} A\\&B\\_表 \\#1 \\textbackslash\{\}x /)
  const unescaped = bibtex.replace(/\\[{}]/g, '')
  assert.equal(unescaped.split('{').length, unescaped.split('}').length)
})

const column = (name: string, more: Partial<SiteColumn> = {}): SiteColumn => ({
  ...{ name, title: name, data_type: 'C', length: null, role: null, unit: null },
  ...more,
})

test('what changed between two editions is said by rows and by columns (T4.2)', () => {
  const before = { row_count: 10, columns: [column('a'), column('b'), column('c')] }
  const after = { row_count: 7, columns: [column('a'), column('c', { unit: '万元' }), column('d')] }
  assert.deepEqual(changeBetween(before, after), {
    rows: -3,
    columns_added: ['d'],
    columns_removed: ['b'],
    columns_changed: ['c'],
  })
})
