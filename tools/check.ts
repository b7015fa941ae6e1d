import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../', import.meta.url)
const bin = (name: string): string => fileURLToPath(new URL(`node_modules/.bin/${name}`, ROOT))

/** What it has to say is told when it is done: several run at once. */
const step = (title: string, name: string, args: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(bin(name), args, { cwd: fileURLToPath(ROOT), stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    child.once('error', (error) => {
      said += error.message
    })
    child.once('close', (code) => {
      console.log(`${said}${code === 0 ? '✔' : '✖'} ${title}`)
      resolve(code === 0)
    })
  })

// With several checkers each works out most types for itself: on two cores one for each project is done sooner.
const types = (title: string, project: string): Promise<boolean> =>
  step(title, 'tsc', ['--noEmit', '--checkers', '1', '-p', project])

/** Types, lint and format of the whole repository; with `fix`, what can be mended is mended. */
export const runChecks = async ({ fix }: { fix: boolean }): Promise<boolean> => {
  const lint = ['check', ...(fix ? ['--write'] : []), '--error-on-warnings', '--max-diagnostics=40']
  const linted = step('格式与规则', 'biome', lint)
  if (fix) await linted // so that types are not read from files half written
  const projects = [types('类型', 'tsconfig.json')]
  if (existsSync(new URL('web/tsconfig.json', ROOT)))
    projects.push(linted.then(() => types('网页类型', 'web/tsconfig.json')))
  return (await Promise.all([linted, ...projects])).every(Boolean)
}

if (import.meta.main) process.exit((await runChecks({ fix: process.argv.includes('--fix') })) ? 0 : 1)
