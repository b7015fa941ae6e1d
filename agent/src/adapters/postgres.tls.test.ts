import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { type Postgres, startPostgres } from '../../../server/src/kernel/postgres.ts'
import { bodyOf, gather, isFault, offsetAt, planOf, reading, tableOf } from './adapter.conformance.kit.ts'
import { postgres } from './postgres.ts'

let dir: string
let server: Postgres
let url: string
const paths = { ca: '', other: '' }

const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })

/** An authority, and a certificate of its for `localhost` alone. */
const certify = (name: string): string => {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
  )
  return join(dir, `${name}.crt`)
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sanjiang-tls-'))
  paths.ca = certify('authority')
  paths.other = certify('stranger')
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'authority.crt',
    '-CAkey',
    'authority.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-out',
    'server.crt',
  )
  const settings = ['ssl=on', `ssl_cert_file=${dir}/server.crt`, `ssl_key_file=${dir}/server.key`, 'fsync=off']
  server = await startPostgres({ dir, settings })
  url = server.url('postgres').replace('127.0.0.1', 'localhost')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('create table person (id bigint primary key, name varchar(40))')
  await client.query(`insert into person select i, '姓名' || i from generate_series(1, 20000) i`)
  await client.end()
})
after(async () => {
  await server?.stop()
  await rm(dir, { recursive: true, force: true })
})

const ALLOW = { read: { 'public.person': '*' }, write: ['public.loaded'] } as const
const PLAN = planOf('public.person')

test('a department’s table is read, followed and loaded over TLS under its own authority’s certificate (T8.1, T16.3)', async () => {
  const config = { url, tls: 'verify', ca: paths.ca }
  const source = await postgres.openSource(config, ALLOW)
  const snapshot = await source.snapshot(PLAN, { signal: new AbortController().signal, slot: 'sj_tls' })
  const { lines } = await gather(snapshot.batches(reading()))
  await snapshot.close()
  assert.equal(lines.length, 20_000)
  const client = new pg.Client({ connectionString: url, ssl: { rejectUnauthorized: false } })
  await client.connect()
  await client.query(`insert into person values (20001, '后来')`)
  const { rows } = await client.query(
    `select count(*)::int as n from pg_stat_ssl s join pg_stat_activity a using (pid) where a.application_name = 'sanjiang-agent' and not s.ssl`,
  )
  assert.equal(rows[0].n, 0, 'nothing of the agent goes in the clear')
  for await (const batch of source.changes(PLAN, snapshot.position, { ...reading(), slot: 'sj_tls' })) {
    assert.deepEqual(batch.body.toString(), '+\t20001\t后来\n')
    break
  }
  await source.forget('sj_tls')
  await source.close()
  const target = await postgres.openTarget(config, ALLOW)
  const load = await target.load('tls', tableOf('public.loaded'))
  assert.deepEqual(await load.prepare(true), [])
  await load.begin('run-1')
  await load.rows(bodyOf('1\ta', '2\tb'))
  await load.end()
  await load.commit(offsetAt(1))
  await load.close()
  await target.close()
  const loaded = await client.query('select count(*)::int as n from loaded')
  assert.equal(loaded.rows[0].n, 2)
  await client.end()
})

test('a server that cannot show a certificate of that authority, or one for its name, is not read (T8.1, T16.3)', async () => {
  const attempts = [
    { url, tls: 'verify', ca: paths.other },
    { url: url.replace('localhost', '127.0.0.1'), tls: 'verify', ca: paths.ca },
  ]
  for (const config of attempts) {
    const source = await postgres.openSource(config, ALLOW)
    await assert.rejects(source.browse(), isFault('unreachable'))
    await source.close()
  }
})

test('an agent told to use TLS does not fall back to none (T8.1, T16.3)', async () => {
  await server.stop()
  server = await startPostgres({ dir, settings: ['fsync=off'] })
  const source = await postgres.openSource({ url: server.url('postgres'), tls: 'require' }, ALLOW)
  await assert.rejects(source.browse(), isFault('unreachable'))
  await source.close()
})
