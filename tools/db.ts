import { spawnSync } from 'node:child_process'
import { loadConfig } from '../server/src/config.ts'
import { startPostgres } from '../server/src/kernel/postgres.ts'

/**
 * `npm run db`: how to reach the database by hand. Starts the embedded server when nothing runs yet (and stops it again
 * afterwards); opens psql where it is installed, else prints the address. `npm run db -- -c "select 1"` passes arguments on.
 */
const main = async (): Promise<number> => {
  const config = loadConfig()
  const server = config.databaseUrl ? undefined : await startPostgres({ dir: config.dataDir })
  const url = config.databaseUrl || server!.url('postgres')
  try {
    const psql = spawnSync('psql', [url, ...process.argv.slice(2)], { stdio: 'inherit' })
    if (!psql.error) return psql.status ?? 1
    console.log(`没有 psql(apt-get install postgresql-client);连接地址:\n${url}`)
    if (server?.isOurs) {
      console.log('Ctrl-C 停止数据库')
      await new Promise<void>((done) => process.once('SIGINT', () => done()))
    }
    return 0
  } finally {
    if (server?.isOurs) await server.stop()
  }
}

process.exit(await main())
