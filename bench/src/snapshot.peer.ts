import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { GRANTED, KEY } from './snapshot.data.ts'

/** Everything from the first process's start to the last one's end; `time` of the shell adds up both psqls. */
export const runPeer = async (source: string, target: string): Promise<{ seconds: number; client_cpu: number }> => {
  const columns = GRANTED.map(({ column }) => column).join(', ')
  const pipe = `psql -qX -v ON_ERROR_STOP=1 "$SOURCE" -c "copy (select ${columns} from person) to stdout" |
    psql -qX -1 -v ON_ERROR_STOP=1 "$TARGET" -c "copy theirs (${columns}) from stdin" -c "alter table theirs add primary key (${KEY})"`
  const begun = performance.now()
  const child = spawn('bash', ['-o', 'pipefail', '-c', `TIMEFORMAT='%U %S'; time { ${pipe}; }`], {
    env: { ...process.env, SOURCE: source, TARGET: target },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`psql failed: ${said}`)
  const times = said.trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  return { seconds: (performance.now() - begun) / 1000, client_cpu: (times[0] ?? 0) + (times[1] ?? 0) }
}
