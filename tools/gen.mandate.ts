import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CLAUSES } from '../server/seeds/reference/clauses.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const FOLDERS = ['contract', 'seal', 'tabular', 'finder', 'server', 'agent', 'web', 'cli', 'tools']

interface Titled {
  readonly file: string
  readonly title: string
}

// A title ends with the clauses it shows, in brackets: `… (T5.2)`, `… (T8.1, C1)`.
const TITLE = /\b(?:test|it)\(\s*(['`])((?:(?!\1)[^\\]|\\.)+?)\1/g

const testFiles = (): string[] =>
  FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`)
    } catch {
      return []
    }
  })
    .filter((name) => /\.test\.tsx?$/.test(name) && !name.includes('node_modules/'))
    .sort()

const titles = (): Titled[] =>
  testFiles().flatMap((file) =>
    [...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(TITLE)].map((found) => ({ file, title: found[2]! })),
  )

const clausesOf = (title: string): string[] =>
  (/\(([^()]*)\)$/.exec(title)?.[1] ?? '').split(/[,;\s]+/).filter((word) => /^[TGCD]\d+(\.\d+)?$/.test(word))

const moduleOf = (file: string): string =>
  /^server\/src\/modules\/(\w+)/.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/')

const rowOf = (id: string, title: string, tests: readonly Titled[]): string => {
  if (tests.length === 0) return `| ${id} | ${title} | | 尚无 |`
  const byFile = Map.groupBy(tests, ({ file }) => file)
  const places = [...byFile].map(([file, found]) => `[${file.split('/').at(-1)}](../${file}) × ${found.length}`)
  const modules = [...new Set(tests.map(({ file }) => moduleOf(file)))]
  return `| ${id} | ${title} | ${modules.join('、')} | ${places.join('<br>')} |`
}

/** `docs/mandate.md`: clause → where it is built → the tests that show it. A clause without a test is an open row. */
export const renderMandate = (): string => {
  const all = titles()
  const rows = CLAUSES.map(([id, title]) =>
    rowOf(
      id,
      title,
      all.filter((one) => clausesOf(one.title).includes(id)),
    ),
  )
  return `# 方案条款与验证\n\n由 \`npm run gen\` 从测试标题生成:条款 → 模块 → 测试。没有测试的条款即尚未实现。\n\n| 条款 | 内容 | 模块 | 测试 |\n|---|---|---|---|\n${rows.join('\n')}\n`
}
