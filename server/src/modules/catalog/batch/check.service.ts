import { BATCH_ROWS, type BatchEdit, type BatchMapping } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { currentChecker } from '../standard.service.ts'
import { inspectWorkbook, readEntries } from '../workbook/index.ts'
import { type BatchRow, lockBatch, updateBatch } from './batch.store.ts'
import { countKinds, insertJudged, removeJudged } from './batch-entry.store.ts'
import { openFile, withFile } from './file.service.ts'
import { type Candidate, judge, openBench } from './judge.service.ts'
import { listClassTitles } from './match.store.ts'

/** Rows judged and written together: small enough to show progress, large enough to ask the database little. */
const CHUNK = 250
// A file that ends the process each time must not do so for ever.
const MAX_TURNS = 3

/** Thrown where another process, or a cancellation, has taken this turn away; nothing is wrong then. */
class Superseded extends Error {}

/** Begins a turn: whoever began an earlier one can write no more. Undefined when there is nothing to do any longer. */
const beginTurn = (ctx: Ctx, id: string, state: 'reading' | 'checking'): Promise<BatchRow | undefined> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockBatch(tx, 'all', id)
    if (row?.state !== state) return undefined
    if (row.turn_count >= MAX_TURNS) {
      await updateBatch(tx, id, {
        state: 'failed',
        fault: '多次尝试都没能完成，请检查文件后重新上传',
        updated_at: inner.instant,
      })
      return undefined
    }
    const turn = newId()
    await removeJudged(tx, [id])
    await updateBatch(tx, id, { turn, turn_count: row.turn_count + 1, read_count: 0, updated_at: inner.instant })
    return { ...row, turn }
  })

type Change = Parameters<typeof updateBatch>[2]

/** Writes under the turn, and only while it is still the batch's. */
const inTurn = (
  ctx: Ctx,
  { batch_id, turn }: BatchRow,
  work: (tx: Parameters<typeof updateBatch>[0]) => Promise<Change>,
) =>
  inTx(ctx, async (tx) => {
    const row = await lockBatch(tx, 'all', batch_id)
    if (row?.turn !== turn) throw new Superseded()
    // The ctx of a job is as old as the job; what is silent is told by the time of its last word.
    await updateBatch(tx, batch_id, { updated_at: new Date().toISOString(), ...(await work(tx)) })
  })

const BEAT_MS = 5_000

/** Says every few seconds that this turn is alive, however long its next word takes; one beat missed is made up by the next. */
const beating = async (ctx: Ctx, row: BatchRow, work: () => Promise<void>): Promise<void> => {
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    void inTurn(ctx, row, async () => ({}))
      .catch(() => undefined)
      .finally(() => {
        isBusy = false
      })
  }, BEAT_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
}

/** A file that cannot be read is the sender's matter and is told to him; anything else is tried again. */
const failing = async (ctx: Ctx, row: BatchRow, work: () => Promise<void>): Promise<void> => {
  try {
    await beating(ctx, row, work)
  } catch (error) {
    if (error instanceof Superseded) return
    if (!(error instanceof Fault)) throw error
    const fault = error.fields?.[0]?.message ?? error.message
    await inTurn(ctx, row, async (tx) => {
      await removeJudged(tx, [row.batch_id])
      return { state: 'failed', fault }
    }).catch((again) => {
      if (!(again instanceof Superseded)) throw again
    })
  }
}

/** C13: how much one import may hold, told before anything of it is judged. */
const assertRows = (rows: number): void => {
  if (rows > BATCH_ROWS)
    throw new Fault('too_large', `共 ${rows} 行，一次最多导入 ${BATCH_ROWS} 行（规则 C13），请分成几个文件`)
}

/** What is in the file: sheets, and which columns they seem to have. */
export const inspectBatch = async (ctx: Ctx, { subject_id }: TaskData): Promise<void> => {
  const row = await beginTurn(ctx, String(subject_id), 'reading')
  if (!row) return
  await failing(ctx, row, async () => {
    const { standard } = await currentChecker(ctx.db)
    const found = await withFile(ctx, row.batch_id, (path) => inspectWorkbook(path, { file_name: row.title, standard }))
    const mapped = found.sheets.filter(({ mapping, is_hidden }) => mapping !== null && !is_hidden)
    if (mapped.length === 0)
      throw new Fault('invalid', '没有哪个工作表像是目录：找不到含“信息资源名称”的标题行，请用模板填报（规则 C13）')
    assertRows(mapped.reduce((sum, { row_count }) => sum + row_count, 0))
    await inTurn(ctx, row, async () => ({
      state: 'mapping',
      file_format: found.format,
      sheets: found.sheets,
      mapping: mapped.map(({ mapping }) => mapping),
      fault: null,
    }))
  })
}

interface Source {
  readonly candidates: AsyncIterable<Candidate> | Iterable<Candidate>
  readonly close: () => Promise<void>
}

async function* sheetCandidates(ctx: Ctx, row: BatchRow, path: string): AsyncIterable<Candidate> {
  const { standard } = await currentChecker(ctx.db)
  const classes = await listClassTitles(ctx.db)
  let seq = 0
  for (const mapping of row.mapping as BatchMapping[])
    for await (const read of readEntries(path, { file_name: row.title, standard, classes, mapping })) {
      seq += 1
      yield { seq, read }
    }
}

const openSource = async (ctx: Ctx, row: BatchRow): Promise<Source> => {
  if (row.source === 'edit') {
    const candidates = row.selection!.map((resource_id, index) => ({ seq: index + 1, resource_id }))
    return { candidates, close: async () => undefined }
  }
  const { path, close } = await openFile(ctx, row.batch_id)
  return { candidates: sheetCandidates(ctx, row, path), close }
}

const rowsOf = (chunk: readonly Candidate[]): number =>
  chunk.reduce((sum, one) => sum + ('read' in one ? one.read.last_row - one.read.first_row + 1 : 1), 0)

const finish = async (ctx: Ctx, row: BatchRow, rows: number): Promise<void> =>
  inTurn(ctx, row, async (tx) => {
    const counts = await countKinds(tx, row.batch_id)
    return {
      state: 'checked',
      turn: null,
      checked_at: new Date().toISOString(),
      read_count: rows,
      row_count: rows,
      new_count: counts.new,
      changed_count: counts.changed,
      same_count: counts.same,
      conflict_count: counts.conflict,
      error_count: counts.error,
    }
  })

/**
 * The dry run: reads entry by entry, judges them some hundreds at a time and keeps what was found; nothing is written into the
 * catalogue. A process killed in between leaves a turn that the next one replaces, from the first row.
 */
export const runCheck = async (ctx: Ctx, { subject_id }: TaskData): Promise<void> => {
  const row = await beginTurn(ctx, String(subject_id), 'checking')
  if (!row) return
  await failing(ctx, row, async () => {
    const bench = openBench({
      checker: await currentChecker(ctx.db),
      reach: row.reach ?? 'all',
      today: ctx.today,
      own_organ_id: row.organ_id,
      edit: row.edit as BatchEdit | null,
      may_have_errors: row.may_have_errors,
    })
    const source = await openSource(ctx, row)
    let rows = 0
    const flush = async (chunk: readonly Candidate[]): Promise<void> => {
      rows += rowsOf(chunk)
      assertRows(rows)
      const judged = await judge(ctx.db, bench, chunk)
      await inTurn(ctx, row, async (tx) => {
        await insertJudged(tx, row.batch_id, judged)
        return { read_count: rows }
      })
    }
    try {
      let chunk: Candidate[] = []
      for await (const candidate of source.candidates) {
        chunk.push(candidate)
        if (chunk.length < CHUNK) continue
        await flush(chunk)
        chunk = []
      }
      if (chunk.length > 0) await flush(chunk)
      await finish(ctx, row, rows)
    } finally {
      await source.close()
    }
  })
}
