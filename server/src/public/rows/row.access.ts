import type { FastifyRequest } from 'fastify'
import { mayRead } from '../access.ts'
import { openOf } from '../dataset.fault.ts'
import { type Site, SiteFault, slugOf } from '../site.ts'
import type { RowTable } from './row.rules.ts'
import { findRowDataset, type RowDataset } from './row.store.ts'

/** An open dataset whose rows stand here. */
export interface OpenRows extends RowDataset, RowTable {
  readonly edition_no: number
  readonly table_name: string
  readonly columns: NonNullable<RowDataset['columns']>
  readonly row_count: number
  readonly digest: string
  readonly data_on: string
  readonly note: string
}

/** Whether somebody may know of it at all: absent, withdrawn and without rows are three answers. */
export const openRowsOf = (found: RowDataset | undefined): OpenRows => {
  const open = openOf(found)
  if (open.table_name === null) throw new SiteFault(404, 'no_rows', { detail: '这个数据集还没有可以查询的数据行' })
  return open as OpenRows
}

/** What its columns and its size are is everybody's; its rows may need a key. */
export const describe = async ({ pool }: Site, request: FastifyRequest): Promise<OpenRows> =>
  openRowsOf(await findRowDataset(pool, slugOf(request)))

const isGone = (error: unknown): boolean => (error as { code?: string }).code === '42P01'

/** A newer edition may take the table's place between looking it up and reading it: then once more. */
export const withRows = async <T>(
  { pool }: Pick<Site, 'pool'>,
  dataset: OpenRows,
  work: (dataset: OpenRows) => Promise<T>,
): Promise<T> => {
  try {
    return await work(dataset)
  } catch (error) {
    if (!isGone(error)) throw error
    return work(openRowsOf(await findRowDataset(pool, dataset.slug)))
  }
}

export const readable = async (site: Site, request: FastifyRequest): Promise<OpenRows> => {
  const dataset = await describe(site, request)
  await mayRead(site, request, dataset)
  return dataset
}
