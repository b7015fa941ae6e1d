import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../', import.meta.url)
const bin = (name: string): string => fileURLToPath(new URL(`node_modules/.bin/${name}`, ROOT))

const step = (title: string, name: string, args: string[]): boolean => {
  const done = spawnSync(bin(name), args, { cwd: fileURLToPath(ROOT), stdio: 'inherit' })
  console.log(`${done.status === 0 ? '✔' : '✖'} ${title}`)
  return done.status === 0
}

/** Types, lint and format of the whole repository; with `fix`, what can be mended is mended. */
export const runChecks = async ({ fix }: { fix: boolean }): Promise<boolean> => {
  const lint = fix ? ['check', '--write', '--error-on-warnings'] : ['check', '--error-on-warnings']
  const results = [
    step('格式与规则', 'biome', [...lint, '--max-diagnostics=40']),
    step('类型', 'tsc', ['--noEmit', '-p', 'tsconfig.json']),
  ]
  if (existsSync(new URL('web/tsconfig.json', ROOT)))
    results.push(step('网页类型', 'tsc', ['--noEmit', '-p', 'web/tsconfig.json']))
  return results.every(Boolean)
}

if (import.meta.main) process.exit((await runChecks({ fix: process.argv.includes('--fix') })) ? 0 : 1)
