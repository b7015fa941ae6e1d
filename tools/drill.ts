import { parseArgs } from 'node:util'
import { runDrill } from '../server/test/drill/run.ts'
import { drillExchange } from './drill.exchange.ts'

const USAGE =
  '用法: npm run drill -- [--seed N] [--rounds N] [--random N] [--postgres N],或 npm run drill -- exchange …'

const whole = (text: string, name: string): number => {
  if (!/^\d{1,9}$/.test(text)) {
    console.error(`--${name} 应为整数\n${USAGE}`)
    process.exit(2)
  }
  return Number(text)
}

/**
 * `npm run drill`: kills every role at named points and at random, PostgreSQL in the middle, with real processes under
 * load, and looks whether an acknowledged receipt is missing or doubled. The same seed takes the same order.
 */
const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      rounds: { type: 'string', default: '1' },
      random: { type: 'string', default: '10' },
      postgres: { type: 'string', default: '2' },
    },
  })
  const begun = performance.now()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const report = await runDrill({
    seed: whole(values.seed, 'seed'),
    rounds: whole(values.rounds, 'rounds'),
    randomKills: whole(values.random, 'random'),
    postgresKills: whole(values.postgres, 'postgres'),
    signal: stop.signal,
    say: (line) => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`),
  })
  for (const fault of report.faults) console.log(`✖ ${fault}`)
  console.log(JSON.stringify(report))
  return report.faults.length === 0 ? 0 : 1
}

const [first, ...rest] = process.argv.slice(2)
process.exit(first === 'exchange' ? await drillExchange(rest) : await main())
