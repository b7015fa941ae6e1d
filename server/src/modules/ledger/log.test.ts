import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { entryBytes, hex, leafHash, parseEntry } from '@sanjiang/seal'
import { Fault } from '#kernel/fault.ts'
import { bumpPolicy } from '#kernel/policy.ts'
import { draftCall, type Ground, openGround } from '#test/ledger-ground.ts'
import type { LogWriter, Receipt } from './index.ts'
import { HASHER } from './node-hasher.ts'

let ground: Ground
before(async () => {
  ground = await openGround()
})
after(() => ground.close())

interface Row {
  seq: number
  at: string
  body: string
  leaf: Buffer
  case_no: string | null
}

const rowsOf = (logId: string): Promise<Row[]> =>
  ground.house.db
    .selectFrom('ledger.entry')
    .select(['seq', 'at', 'body', 'leaf', 'case_no'])
    .where('log_id', '=', logId)
    .orderBy('seq')
    .execute()

const appendMany = (log: LogWriter, count: number): Promise<Receipt[]> =>
  Promise.all(Array.from({ length: count }, (_, counter) => log.append(draftCall(counter))))

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : String(error))

/** The log as stored has no gap, and every receipt is the leaf of exactly what is stored under its number. */
const assertHolds = async (receipts: readonly Receipt[]): Promise<void> => {
  for (const logId of new Set(receipts.map(({ log_id }) => log_id))) {
    const rows = await rowsOf(logId)
    assert.deepEqual(
      rows.map(({ seq }) => seq),
      rows.map((_, index) => index),
    )
    for (const { seq, leaf } of receipts.filter((receipt) => receipt.log_id === logId)) {
      const row = rows[seq]!
      assert.equal(row.leaf.toString('hex'), leaf)
      assert.equal(row.at, parseEntry(row.body).at)
      assert.equal(hex(leafHash(HASHER, entryBytes(parseEntry(row.body)))), leaf)
    }
  }
}

test('entries appended at once are numbered without gap and each gets a receipt for its own bytes (C2)', async () => {
  const log = await ground.open()
  const receipts = await appendMany(log, 3_000)
  assert.deepEqual(
    receipts.map(({ seq }) => seq),
    Array.from({ length: 3_000 }, (_, index) => index),
  )
  await assertHolds(receipts)
  const { size } = await ground.house.db
    .selectFrom('ledger.log')
    .select('size')
    .where('log_id', '=', log.logId())
    .executeTakeFirstOrThrow()
  assert.equal(size, 3_000)
})

test('a receipt brings back the policy version its commit saw (T8.1)', async () => {
  const log = await ground.open()
  const first = await log.append(draftCall(1))
  await ground.house.db.transaction().execute((tx) => bumpPolicy(tx))
  const second = await log.append(draftCall(2))
  assert.equal(second.policy_version, first.policy_version + 1)
})

test('subjects are sealed inside the entry and indexed once each (C2)', async () => {
  const log = await ground.open()
  const receipt = await log.append({ ...draftCall(1), subjects: ['k1:b', 'k1:a', 'k1:b'] })
  const [row] = await rowsOf(receipt.log_id)
  assert.deepEqual(parseEntry(row!.body).body.subjects, ['k1:a', 'k1:b'])
  const indexed = await ground.house.db
    .selectFrom('ledger.subject')
    .select(['subject', 'seq'])
    .where('log_id', '=', receipt.log_id)
    .orderBy('subject')
    .execute()
  assert.deepEqual(indexed, [
    { subject: 'k1:a', seq: 0 },
    { subject: 'k1:b', seq: 0 },
  ])
})

test('what one caller writes into his case number cannot fail the receipts of others (C2)', async () => {
  const log = await ground.open()
  const hostile = ['\0', 'x'.repeat(200_000), '\u{1F600}"\\\n{}', '９９９', "'; drop table ledger.entry; --"]
  const receipts = await Promise.all([
    ...hostile.map((case_no) => log.append(draftCall(0, { case_no, client_id: 'not a uuid' }))),
    log.append(draftCall(1)),
  ])
  await assertHolds(receipts)
  const rows = await rowsOf(log.logId())
  assert.deepEqual(
    rows.map(({ case_no }) => case_no),
    [null, null, hostile[2], hostile[3], hostile[4], 'QH-2017-1'],
  )
  assert.equal(parseEntry(rows[0]!.body).body.case_no, '\0')
})

test('a body that has no canonical form is refused with its field, and takes no number (C3)', async () => {
  const log = await ground.open()
  const wrong = [
    { case_no: '\ud800' },
    { amount: 0.1 },
    { nested: { when: new Date() } },
    { blob: 'x'.repeat(300_000) },
  ]
  const outcomes = await Promise.allSettled([
    log.append(draftCall(0)),
    ...wrong.map((more) => log.append(draftCall(1, more))),
    log.append(draftCall(2)),
  ])
  const codes = outcomes.map((one) => (one.status === 'fulfilled' ? one.value.seq : codeOf(one.reason)))
  assert.deepEqual(codes, [0, 'malformed', 'malformed', 'malformed', 'too_large', 1])
  const refused = outcomes[1] as PromiseRejectedResult
  assert.equal((refused.reason as Fault).fields?.[0]?.field, 'body.case_no')
})

test('more waiting entries than the bound are refused rather than remembered (C2)', async () => {
  const log = await ground.open({ queue: 50, batchEntries: 10 })
  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => log.append(draftCall(n))))
  const kept = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []))
  assert.equal(kept.length, 50)
  assert.deepEqual(new Set(refused), new Set(['ledger_unavailable']))
  await assertHolds(kept)
  assert.equal((await log.append(draftCall(1))).seq, 50)
})

test('a writer whose log was closed as silent goes on in a new log and loses nothing (C2)', async () => {
  const log = await ground.open()
  const first = await log.append(draftCall(0))
  await ground.tamper(`update ledger.log set closed_at = now(), closed_by = 'checkpoint' where log_id = $1`, [
    first.log_id,
  ])
  const receipts = await appendMany(log, 20)
  assert.ok(receipts.every(({ log_id }) => log_id !== first.log_id))
  await assertHolds([first, ...receipts])
})

test('a month without its partition is prepared by the first writer that needs it (C2)', async () => {
  const log = await ground.open()
  await log.append(draftCall(0))
  const month = new Date().toISOString().slice(0, 7).replace('-', '_')
  const other = await openGround()
  try {
    const writer = await other.open()
    await other.tamper(`drop table ledger.entry_${month}; drop table ledger.subject_${month}`)
    const receipts = await appendMany(writer, 5)
    assert.equal(receipts.length, 5)
  } finally {
    await other.close()
  }
})

test('the server cutting connections again and again loses, doubles and skips nothing (C2)', async () => {
  const log = await ground.open()
  const receipts: Receipt[] = []
  let stop = false
  const callers = Array.from({ length: 16 }, async (_, caller) => {
    for (let n = 0; !stop; n += 1) receipts.push(await log.append(draftCall(caller * 1_000_000 + n)))
  })
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'sanjiang-test' and pid <> pg_backend_pid()`
  for (let round = 0; round < 12; round += 1) {
    await pause(15 + 7 * round)
    await ground.tamper(cut)
  }
  stop = true
  await Promise.all(callers)
  assert.ok(receipts.length > 100)
  const places = new Set(receipts.map(({ log_id, seq }) => `${log_id}/${seq}`))
  assert.equal(places.size, receipts.length)
  await assertHolds(receipts)
  const counters = (await rowsOf(log.logId())).map(({ body }) => parseEntry(body).body.counter)
  assert.equal(new Set(counters).size, counters.length)
})

test('an entry smuggled in under the next number is never acknowledged as ours; the log is left behind (C3)', async () => {
  const log = await ground.open({ giveUpMs: 50 })
  const first = await log.append(draftCall(0))
  await ground.tamper(
    `insert into ledger.entry (log_id, seq, month, at, kind, body, leaf)
     select log_id, 1, month, at, kind, body, leaf from ledger.entry where log_id = $1`,
    [first.log_id],
  )
  await assert.rejects(log.append(draftCall(1)), { code: 'ledger_unavailable' })
  const receipt = await appendWhenBack(log)
  assert.notEqual(receipt.log_id, first.log_id)
  const [note] = await rowsOf(receipt.log_id)
  const { topic, doubted_log_id, from, to, outcome } = parseEntry(note!.body).body
  assert.deepEqual(
    { topic, doubted_log_id, from, to, outcome },
    { topic: 'ledger.batch.doubted', doubted_log_id: first.log_id, from: 1, to: 2, outcome: 'refused' },
  )
})

const appendWhenBack = async (log: LogWriter): Promise<Receipt> => {
  for (;;) {
    const receipt = await log.append(draftCall(9)).catch(() => undefined)
    if (receipt) return receipt
    await pause(20)
  }
}

/** Why no log can be begun; sessions that were just ended from outside say so first and are no answer. */
const refusalOf = async (ground: Ground): Promise<string> => {
  for (;;) {
    try {
      await ground.open()
      return 'none'
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      if (code !== '57P01' && !message.startsWith('Connection terminated')) return message
    }
  }
}

test('a database that acknowledges before it writes to disk is refused (C2)', async () => {
  const other = await openGround()
  try {
    const writer = await other.open()
    const name = new URL(other.url).pathname.slice(1)
    await other.tamper(`alter database ${name} set synchronous_commit = off`)
    await other.tamper(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    assert.match(await refusalOf(other), /synchronous_commit=off/)
    await assert.rejects(writer.append(draftCall(1)), { code: 'ledger_unavailable' })
  } finally {
    await other.close()
  }
})

test('neither the application nor the gateway may change or remove what is sealed (C3)', async () => {
  const log = await ground.open()
  await log.append(draftCall(0))
  const attempts = ['entry', 'subject', 'checkpoint', 'head', 'tile'].flatMap((table) => [
    `delete from ledger.${table}`,
    `truncate ledger.${table}`,
    `update ledger.${table} set ${table === 'checkpoint' ? 'no = 1' : 'log_id = log_id'}`,
  ])
  for (const role of ['sanjiang_app', 'sanjiang_gateway'])
    for (const attempt of [...attempts, 'delete from ledger.log', 'update ledger.log set node_id = node_id'])
      await assert.rejects(ground.tamper(`set role ${role}; ${attempt}`), /permission denied/, `${role}: ${attempt}`)
})
