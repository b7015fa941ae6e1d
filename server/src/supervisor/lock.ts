import { readFileSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

// A pid alone may have been given to another program since; together with its start time it names one process.
const startTime = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** Only one supervisor per data folder. Returns the release; throws when another is alive. A dead one's lock is taken over. */
export const lockFolder = async (dir: string): Promise<() => Promise<void>> => {
  const file = join(dir, 'supervisor.lock')
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      const handle = await open(file, 'wx', 0o600)
      await handle.writeFile(`${process.pid} ${startTime(process.pid)}`)
      await handle.close()
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const [pid, started] = (await readFile(file, 'utf8').catch(() => '')).split(' ')
    if (pid && startTime(Number(pid)) === started)
      throw new Error(`${dir} 正被另一个进程(${pid})使用;请先停止它,或另设 DATA_DIR`)
    await rm(file, { force: true })
  }
  throw new Error(`${dir} 正被另一个进程使用`)
}
