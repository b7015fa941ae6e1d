import type { SiteColumn } from './site.ts'

/** Why a cell holds what it holds: codes of SDMX's list CL_OBS_STATUS, the same in every format and interface. */
export const CELL_STATUSES = {
  A: { title: '有值', about: '已公布' },
  O: { title: '无数据', about: '来源没有这个数' },
  Q: { title: '未公布', about: '有这个数，为保护个人信息不公布' },
} as const
export type CellStatus = keyof typeof CELL_STATUSES

export const STATUS_CODES = Object.keys(CELL_STATUSES) as readonly CellStatus[]
export const HIDDEN: CellStatus = 'Q'

/** What the codes say, in one line. */
export const STATUS_ABOUT = STATUS_CODES.map(
  (code) => `${code} ${CELL_STATUSES[code].title}（${CELL_STATUSES[code].about}）`,
).join('；')

/** What is to be known of a column beside its name and type; empty where nothing is. */
export const columnRemark = ({ unit, status_of }: SiteColumn): string => {
  if (status_of !== undefined) return `${status_of} 为何有值或为空（SDMX CL_OBS_STATUS）：${STATUS_ABOUT}`
  return unit ? `单位：${unit}` : ''
}

/** The column that says of each cell of another why it is filled or empty. */
export const statusColumnOf = (columns: readonly SiteColumn[], name: string | undefined): SiteColumn | undefined =>
  name === undefined ? undefined : columns.find(({ status_of }) => status_of === name)

/** Columns as people read them: a status is told in the cell it is about. */
export const withoutStatus = (columns: readonly SiteColumn[]): SiteColumn[] =>
  columns.filter(({ status_of }) => status_of === undefined)
