import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const FOLDERS = ['contract', 'seal', 'tabular', 'finder', 'server', 'agent', 'web', 'cli', 'bench', 'tools']
const SKIPPED = /(^|\/)(node_modules|dist)(\/|$)/

/** Every source file of the repository, as a path from its root. */
export const sourceFiles = (): string[] =>
  FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`)
    } catch {
      return [] // a folder of the plan that is not there yet
    }
  }).filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !SKIPPED.test(name))

export const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\n[^'"\n;]*?)*?from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\('([^']+)'\)/g
const ALIASES: Record<string, string> = {
  '#config': 'server/src/config.ts',
  '#kernel/': 'server/src/kernel/',
  '#modules/': 'server/src/modules/',
  '#roles/': 'server/src/roles/',
  '#test/': 'server/test/',
  '#seeds/': 'server/seeds/',
}

/** What a file imports: paths from the root for our own, bare names for packages, `node:x` for the platform. */
export const importsOf = (name: string): string[] =>
  [...read(name).matchAll(IMPORT)].map((found) => {
    const target = (found[1] ?? found[2] ?? found[3])!
    if (target.startsWith('.')) return relative(ROOT, join(ROOT, dirname(name), target))
    const alias = Object.keys(ALIASES).find((one) => target === one || (one.endsWith('/') && target.startsWith(one)))
    if (alias) return ALIASES[alias]! + target.slice(alias.length)
    const own = /^@sanjiang\/(\w+)/.exec(target)
    return own ? `${own[1]}/` : target
  })
