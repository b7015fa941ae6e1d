import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Platform, spawnPlatform, until } from '../server/test/platform.ts'
import { runJourney } from './tour.journey.ts'

const PASSWORD_LINE = /(sysadmin|secadmin|auditadmin)\s+(Qh7-\S+)/g

/** A first start also builds the pages. */
const START_MS = 180_000

const ready = async (platform: Platform): Promise<void> => {
  let code: number | null | undefined
  void platform.exited.then((exit) => {
    code = exit
  })
  await until('the platform', () => code !== undefined || platform.output().includes('三江已就绪'), START_MS)
  if (code !== undefined) throw new Error(`平台没有起来：\n${platform.output()}`)
}

export type Say = (line: string) => void

/**
 * Starts a platform of its own on empty data and free ports, and walks the main job through it: what a department does from
 * compiling an entry to proving, offline, who saw what. Resolves with the number of steps; throws at the first difference.
 */
export const runTour = async (say: Say): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'sanjiang-tour-'))
  const startedAt = Date.now()
  const platform = await spawnPlatform({ dataDir: join(folder, 'data'), env: { EGRESS_ALLOW: '127.0.0.0/8' } })
  let steps = 0
  const tell = (title: string, ...details: string[]): void => {
    steps += 1
    say(`${String(steps).padStart(2)} ✓ ${title}`)
    for (const line of details) say(`       ${line}`)
  }
  try {
    await ready(platform)
    tell(
      '新装的平台就绪',
      `${((Date.now() - startedAt) / 1000).toFixed(1)} 秒，门户 ${platform.origin}，网关 ${platform.gateway}`,
    )
    const passwords = new Map(
      platform
        .output()
        .matchAll(PASSWORD_LINE)
        .map(([, name = '', word = '']) => [name, word]),
    )
    await runJourney({ origin: platform.origin, gateway: platform.gateway, passwords, folder, tell })
    say(`\n主线走通：${steps} 步，${((Date.now() - startedAt) / 1000).toFixed(1)} 秒`)
    return steps
  } catch (error) {
    say(`\n第 ${steps + 1} 步不符`)
    throw error
  } finally {
    await platform.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.main)
  await runTour(console.log).catch((error: Error) => {
    console.error(error.stack)
    process.exitCode = 1
  })
