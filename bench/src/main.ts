import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EXEC_ARGV } from '../../server/src/supervisor/keeper.ts'

// A bench is a file of this folder that can be run by itself; those that only serve others say so by a dot in their name.
const names = readdirSync(new URL('.', import.meta.url))
  .filter((name) => /^[\w-]+\.ts$/.test(name) && name !== 'main.ts')
  .map((name) => name.slice(0, -3))

const [name, ...rest] = process.argv.slice(2)
if (!name || !names.includes(name)) {
  console.error(`用法: npm run bench -- 名称 [--quick]\n名称: ${names.join('、')}`)
  process.exit(2)
}
// Receipts are written by gateways, so both sides are measured in a process that runs as one.
const execArgv = name === 'receipts' ? EXEC_ARGV.gateway! : []
const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
process.exit(spawnSync(process.execPath, [...execArgv, file, ...rest], { stdio: 'inherit' }).status ?? 1)
