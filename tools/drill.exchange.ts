import { parseArgs } from 'node:util'
import { FAULTS } from '../server/test/drill-exchange/faults.ts'
import { runExchangeDrill } from '../server/test/drill-exchange/run.ts'

const USAGE = '用法: npm run drill -- exchange [--seed N] [--faults N] [--every N] [--only 故障名中的字] [--quick]'

const whole = (text: string, name: string): number => {
  if (!/^\d{1,9}$/.test(text)) {
    console.error(`--${name} 应为整数\n${USAGE}`)
    process.exit(2)
  }
  return Number(text)
}

/**
 * `npm run drill -- exchange`: strikes agents, door, worker, three databases and the lines between them while the source is written
 * to, and looks whether source and target are equal under their grants and every receipt is there. The same seed takes the same order.
 */
export const drillExchange = async (args: string[]): Promise<number> => {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      faults: { type: 'string', default: '40' },
      every: { type: 'string', default: '10' },
      only: { type: 'string', default: '' },
      /** Without deaths at named statements, which wait for their statement. */
      quick: { type: 'boolean', default: false },
    },
  })
  const begun = performance.now()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const seed = whole(values.seed, 'seed')
  console.log(`seed ${seed}`)
  const report = await runExchangeDrill({
    seed,
    faults: whole(values.faults, 'faults'),
    every: whole(values.every, 'every'),
    kinds: FAULTS.filter(({ name }) => name.includes(values.only) && !(values.quick && name.includes('dies at'))),
    signal: stop.signal,
    say: (line) => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`),
  })
  for (const [name, count] of Object.entries(report.kinds).sort()) console.log(`${String(count).padStart(4)} × ${name}`)
  for (const one of report.broken) console.log(`✖ ${one}`)
  console.log(JSON.stringify(report))
  return report.broken.length === 0 ? 0 : 1
}
