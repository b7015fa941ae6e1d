import { type DemoResource, demoResources } from '../../server/seeds/demo/resources.ts'
import { organById } from '../../server/seeds/reference/organs.ts'
import { JUDGED_WORDS } from './search.judged.data.ts'
import { JUDGED_FORMS } from './search.judged-forms.data.ts'

export type Half = 'tune' | 'held_out'

/** A query with what it wants: entry key → 2 (wanted) or 1 (also useful). */
export interface Judged {
  readonly class: string
  readonly half: Half
  readonly q: string
  readonly grades: ReadonlyMap<string, 1 | 2>
}

export const CLASS_TITLES: Readonly<Record<string, string>> = {
  exact: '名称原文',
  multi: '多个词',
  boundary: '跨词界',
  reordered: '语序颠倒',
  natural: '自然语言',
  synonym: '同义词',
  former: '简称与旧称',
  typo: '错别字',
  pinyin: '拼音与首字母',
  code: '代码与英文名',
  known: '找某一条',
  item: '信息项名',
}

type Test = (resource: DemoResource) => boolean

const testOf = (selector: string): Test => {
  const [, kind, value] = /^(seq|item|code):([^@]+)/.exec(selector) ?? []
  const [, key] = /^([a-z][a-z_0-9]*)/.exec(selector) ?? []
  const place = /@(\d+)/.exec(selector)?.[1] ?? ''
  const year = /\.(\d{4})$/.exec(selector)?.[1]
  const isPlace: Test = (one) => one.provider_organ_id.startsWith(place)
  const isKind: Test =
    kind === 'seq'
      ? (one) => organById(one.provider_organ_id).seq_code === value
      : kind === 'item'
        ? (one) => one.items.some(({ name }) => name === value)
        : kind === 'code'
          ? (one) => one.class_code.startsWith(value!)
          : (one) => one.key.split('.')[1] === key
  return (one) => isKind(one) && isPlace(one) && (year === undefined || one.key.endsWith(`.${year}`))
}

/** Entries of the demo province in their order, read once. */
export const corpus: readonly DemoResource[] = [...demoResources()]

const found = new Map<string, readonly string[]>()
const keysOf = (selector: string): readonly string[] => {
  const known = found.get(selector)
  if (known) return known
  const keys = corpus.filter(testOf(selector)).map(({ key }) => key)
  if (keys.length === 0) throw new Error(`no entry of the demo province is meant by ${selector}`)
  found.set(selector, keys)
  return keys
}

const judgedOf = (name: string, lines: readonly string[]): Judged[] =>
  lines.map((line, index) => {
    const [q = '', wanted = ''] = line.split(' = ')
    const [sure = '', also = ''] = wanted.split(' ; ').map((part) => part.trim())
    const grades = new Map<string, 1 | 2>()
    for (const selector of also.split(' ').filter(Boolean)) for (const key of keysOf(selector)) grades.set(key, 1)
    for (const selector of sure.split(' ').filter(Boolean)) for (const key of keysOf(selector)) grades.set(key, 2)
    return { class: name, half: index % 2 === 0 ? 'tune' : 'held_out', q: q.trim(), grades }
  })

/** Every judged query, class by class. */
export const judged: readonly Judged[] = Object.entries({ ...JUDGED_WORDS, ...JUDGED_FORMS }).flatMap(([name, text]) =>
  judgedOf(name, text.trim().split('\n')),
)
