import { BYTE_ORDER_MARK } from '@sanjiang/contract/site.file'
import type { Statistics } from '@sanjiang/contract/site.statistics'
import { OPEN_TO_ALL } from '../answer.ts'
import { csvRow } from '../rows/row-answer.rules.ts'
import type { SiteRoutes } from '../site.ts'
import { readStatistics } from './statistics.store.ts'

/** One line per figure: whoever opens it in a spreadsheet filters by measure. */
const linesOf = (figures: Statistics): (string | number | null)[][] => {
  const { as_of, timeliness, months, answers, organ_counts } = figures
  return [
    ['measure', 'period', 'subject', 'value'],
    ...(['datasets', 'unconditional', 'organs', 'rows', 'files', 'withdrawn'] as const).map((one) => [
      one,
      as_of,
      null,
      figures[one],
    ]),
    ...Object.entries(timeliness).map(([name, value]) => [`timeliness_${name}`, as_of, null, value]),
    ...months.flatMap(({ month, ...counts }) =>
      Object.entries(counts).map(([name, value]) => [name, month, null, value]),
    ),
    ...answers.flatMap(({ month, kind, ...counts }) =>
      Object.entries(counts).map(([name, value]) => [`feedback_${name}`, month, kind, value]),
    ),
    ...organ_counts.flatMap(({ name, datasets, rows }) => [
      ['organ_datasets', as_of, name, datasets],
      ['organ_rows', as_of, name, rows],
    ]),
  ]
}

const OPEN = { ...OPEN_TO_ALL, 'cache-control': 'public, max-age=300' }

/** Figures about the portal: a page, and the same as CSV and JSON. */
export const statisticsRoutes: SiteRoutes = (app, { pool, send }) => {
  app.get('/statistics', async (request, reply) =>
    send(request, reply, { status: 200, view: { page: 'statistics', ...(await readStatistics(pool)) } }),
  )
  app.get('/statistics.json', async (_, reply) => reply.headers(OPEN).send(await readStatistics(pool)))
  app.get('/statistics.csv', async (request, reply) => {
    const lines = linesOf(await readStatistics(pool))
    const text = lines.map((line) => csvRow(line.map((cell) => (cell === null ? null : String(cell))))).join('')
    const isMarked = (request.query as { bom?: unknown }).bom === '1'
    return reply
      .headers(OPEN)
      .type('text/csv; charset=utf-8')
      .send(isMarked ? BYTE_ORDER_MARK + text : text)
  })
}
