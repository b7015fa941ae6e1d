// A download that has begun when its key is revoked, or its dataset withdrawn: over a real connection, by a reader in no hurry.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { countedSite } from '#test/counted-site.ts'
import { until } from '#test/platform.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { hashKey } from './access.ts'

/** More than the buffers between two sockets hold. */
const MIB = 12
const BYTES = MIB * 2 ** 20

let ground: PublicGround
let origin: string
let letter = 0

before(async () => {
  ground = await openPublicAlone()
  await ground.app.listen({ port: 0, host: '127.0.0.1' })
  origin = `http://127.0.0.1:${(ground.app.server.address() as AddressInfo).port}`
})
after(() => ground?.close())

/** A dataset with rows and a CSV of some size; what stands in it is of no matter here. */
const lay = async (slug: string, open_type: 'conditional' | 'unconditional'): Promise<string> => {
  const id = await layDataset(ground, { slug, content: { open_type }, columns: [columnOf('wide', '宽')], rows: [] })
  const table = `data.d_${slug.replaceAll('-', '_')}_1`
  await ground.sql(`insert into ${table} select i, repeat('x', 1023) from generate_series(1, ${MIB * 1024}) i`)
  await ground.sql(
    `insert into site.file (dataset_id, edition_no, format, media_type, bytes, sha256) values ($1, 1, 'csv', 'text/csv', $2, $3)`,
    [id, BYTES, hashKey(slug)],
  )
  await ground.sql(
    `insert into site.file_part (dataset_id, edition_no, format, part_no, body)
     select $1, 1, 'csv', n, convert_to(repeat('x', 1048576), 'utf8') from generate_series(0, ${MIB - 1}) n`,
    [id],
  )
  return id
}

const grant = async (dataset_id: string) => {
  const [access_id, key] = [randomUUID(), 'abcdefgh'[letter++]!.repeat(32)]
  await ground.sql(
    `insert into site.access (access_id, dataset_id, key_hash, ends_on, daily_requests, daily_bytes)
     values ($1, $2, $3, site.today(), 100, 1000000000)`,
    [access_id, dataset_id, hashKey(key)],
  )
  return { access_id, key }
}

const ask = (url: string, key = '') => fetch(origin + url, { headers: key ? { authorization: `Bearer ${key}` } : {} })

/** How many bytes arrive where something happens after the first of them, and whether the answer came to its end. */
const read = async (url: string, { key = '', meanwhile }: { key?: string; meanwhile: () => Promise<unknown> }) => {
  const answer = await ask(url, key)
  assert.equal(answer.status, 200)
  const reader = answer.body!.getReader()
  const first = await reader.read()
  await meanwhile()
  for (let bytes = first.value!.length; ; ) {
    const next = await reader.read().catch(() => null)
    if (next === null || next.done) return { bytes, isWhole: next !== null }
    bytes += next.value.length
  }
}

const PATHS = ['latest.csv', 'export.csv', 'export.jsonl']

test('a download that has begun ends at its next batch when the key is revoked or has run out, and what left is counted (T4.2)', async () => {
  const id = await lay('cut-1', 'conditional')
  const ends = [
    'update site.access set revoked_at = now() where access_id = $1',
    'update site.access set ends_on = ends_on - 1 where access_id = $1',
  ]
  for (const [turn, path] of [PATHS[0]!, ...PATHS].entries()) {
    const { access_id, key } = await grant(id)
    const meanwhile = () => ground.sql(ends[turn % 2]!, [access_id])
    const cut = await read(`/datasets/cut-1/${path}`, { key, meanwhile })
    assert.deepEqual([cut.isWhole, cut.bytes < BYTES], [false, true], path)
    assert.equal((await ask(`/datasets/cut-1/${path}`, key)).status, 403)
    await until('what left is counted', async () => {
      const [use] = await ground.sql<{ bytes: number }>(
        'select coalesce(bytes, 0)::integer as bytes from intake.use where access_id = $1',
        [access_id],
      )
      return use!.bytes >= cut.bytes && use!.bytes < BYTES
    })
  }
})

test('one whose key stays good is read to its end, beside another that is revoked (T4.2)', async () => {
  const id = await lay('cut-2', 'conditional')
  const [kept, other] = [await grant(id), await grant(id)]
  const whole = await read('/datasets/cut-2/latest.csv', {
    key: kept.key,
    meanwhile: () => ground.sql('update site.access set revoked_at = now() where access_id = $1', [other.access_id]),
  })
  assert.deepEqual(whole, { bytes: BYTES, isWhole: true })
})

test('what everybody may read ends likewise when it is withdrawn (T4.2)', async () => {
  const id = await lay('cut-3', 'unconditional')
  for (const path of PATHS) {
    const withdrawal = `update site.dataset set state = 'withdrawn', withdrawn_on = site.today(), withdrawn_reason = '有误' where dataset_id = $1`
    const cut = await read(`/datasets/cut-3/${path}`, { meanwhile: () => ground.sql(withdrawal, [id]) })
    assert.equal(cut.isWhole, false, path)
    await ground.sql(
      `update site.dataset set state = 'open', withdrawn_on = null, withdrawn_reason = null where dataset_id = $1`,
      [id],
    )
  }
})

test('who breaks a download off has had what left, and it weighs as if he had read it to its end (T4.2)', async () => {
  await lay('cut-4', 'unconditional')
  const site = await countedSite(ground, { rate: { perMinute: 10 } })
  await site.app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(site.app.server.address() as AddressInfo).port}/datasets/cut-4/latest.csv`
  const reader = (await fetch(url)).body!.getReader()
  for (let bytes = 0; bytes < BYTES / 2; ) bytes += (await reader.read()).value!.length
  await reader.cancel()
  await until('it is charged', async () => (await fetch(url, { method: 'HEAD' })).status === 429)
  await site.close()
})
