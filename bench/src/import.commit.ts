// The whole way of a workbook through the platform: sent in pieces, read, checked against the database, committed, taken back.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { catalog } from '@sanjiang/contract'
import type { ResourceContent } from '@sanjiang/contract/catalog'
import { standard1272 } from '../../server/seeds/reference/standard-1272.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { writeWorkbook } from '../../server/src/modules/catalog/workbook/index.ts'
import { openCatalog } from '../../server/test/catalog-world.ts'
import { sendFile } from '../../server/test/workbook-ground.ts'

/** The class of the department whose officer imports; codes are not issued before publication. */
const CLASS = '363027'

function* entriesOf(contents: Iterable<ResourceContent>) {
  for (const content of contents) {
    const one: ResourceContent = { ...content, class_code: CLASS, open_type: 'closed', related_codes: [] }
    yield { code: null, content: one, provider_name: '', provider_code: null, published_on: null, revision: null }
  }
}

const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; answer: T }> => {
  const startedAt = performance.now()
  const answer = await work()
  return { ms: Math.round(performance.now() - startedAt), answer }
}

const walk = async (contents: Iterable<ResourceContent>) => {
  const file = await buffer(writeWorkbook(standard1272, 'full', entriesOf(contents)))
  const world = await openCatalog()
  try {
    const voice = world.cataloger
    const sent = await timed(() => sendFile(world, voice, { name: '目录.xlsx', file }))
    const params = { id: sent.answer.batch_id }
    const checked = await timed(async () => {
      await voice.call(catalog.checkBatch, { params, body: { mapping: sent.answer.mapping, may_have_errors: false } })
      await world.drain()
      return voice.call(catalog.getBatch, { params })
    })
    const committed = await timed(() => voice.call(catalog.commitBatch, { params, body: { is_leaving_out: true } }))
    const undone = await timed(() => voice.call(catalog.undoBatch, { params }))
    return {
      sent_and_read_ms: sent.ms,
      checked_ms: checked.ms,
      commit_ms: committed.ms,
      undo_ms: undone.ms,
      committed_entries: committed.answer.written_count,
      left_out: checked.answer.error_count + checked.answer.conflict_count,
    }
  } finally {
    await world.close()
  }
}

/** On a database of its own that waits for the disk, as in production. */
export const measureCommit = async (contents: Iterable<ResourceContent>) => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-import-'))
  const server = await startPostgres({ dir })
  try {
    process.env.TEST_DATABASE_URL = server.url('postgres')
    return await walk(contents)
  } finally {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
