import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../../', import.meta.url)
const STAMP = new URL('web/dist/.stamp', ROOT)
const SOURCES = ['web/src/', 'contract/src/', 'seal/src/']

const hashOfSources = async (): Promise<string> => {
  const hash = createHash('sha256')
  for (const folder of SOURCES) {
    const names = await readdir(new URL(folder, ROOT), { recursive: true, withFileTypes: true })
    const files = names
      .filter((one) => one.isFile() && !one.name.endsWith('.test.ts'))
      .map((one) => `${one.parentPath}/${one.name}`)
    for (const file of files.sort()) hash.update(file.slice(fileURLToPath(ROOT).length)).update(await readFile(file))
  }
  for (const file of ['web/vite.config.ts', 'web/vite.public.config.ts', 'web/package.json', 'package-lock.json'])
    hash.update(await readFile(new URL(file, ROOT)))
  return hash.digest('hex')
}

const runBuild = (config: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const vite = fileURLToPath(new URL('node_modules/vite/bin/vite.js', ROOT))
    const child = spawn(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
      cwd: fileURLToPath(new URL('web/', ROOT)),
      stdio: 'inherit',
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`网页构建失败(${code})`))))
  })

/** Builds the web pages when their sources, or what they are built with, have changed since the last build. */
export const buildStale = async (say: (line: string) => void): Promise<void> => {
  if (!existsSync(new URL('web/vite.config.ts', ROOT))) return
  const wanted = await hashOfSources()
  const built = await readFile(STAMP, 'utf8').catch(() => '')
  if (built === wanted) return
  say('网页有变化,正在构建……')
  await runBuild('vite.config.ts')
  await runBuild('vite.public.config.ts')
  await mkdir(new URL('.', STAMP), { recursive: true })
  await writeFile(STAMP, wanted)
}
