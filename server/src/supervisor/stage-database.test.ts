import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { openStageDatabase } from './stage-database.ts'

let database: TestDatabase
const login = `stranger_${randomBytes(6).toString('hex')}`

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

before(async () => {
  database = await cloneDatabase()
  await withClient(database.url, (client) => client.query(`create role ${login} login password 'x'`))
})
after(async () => {
  await withClient(database.url, (client) => client.query(`drop role ${login}`))
  await database?.drop()
})

test('rows stand in the stage the operator names, else, with a database of his own, in a schema of that (T4.2)', async () => {
  const [own, stage] = ['postgres://own/inside', 'postgres://own/stage']
  assert.equal(await openStageDatabase({ databaseUrl: own, stageDatabaseUrl: stage }, own), stage)
  assert.equal(await openStageDatabase({ databaseUrl: '', stageDatabaseUrl: stage }, own), stage)
  assert.equal(await openStageDatabase({ databaseUrl: own, stageDatabaseUrl: '' }, own), own)
})

test('beside the embedded database a stage is made once, and a login of the outside may not connect to it (T4.2)', async () => {
  const open = () => openStageDatabase({ databaseUrl: '', stageDatabaseUrl: '' }, database.url)
  const url = await open()
  await withClient(url, (client) => client.query('create table if not exists kept (n integer)'))
  assert.equal(await open(), url)
  await withClient(url, (client) => client.query('drop table kept'))
  const stranger = Object.assign(new URL(url), { username: login, password: 'x' })
  await assert.rejects(
    withClient(stranger.href, (client) => client.query('select 1')),
    { code: '42501' },
  )
})
