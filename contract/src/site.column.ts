import type { SiteColumn } from './site.ts'

/** What a column's values are: what its type in the catalogue comes to, in the database, in files and on pages. */
export type ColumnKind = 'text' | 'number' | 'integer' | 'date' | 'time' | 'flag' | 'shape'

const KINDS: Readonly<Record<string, ColumnKind>> = {
  C: 'text',
  M: 'text',
  G: 'text',
  N: 'number',
  Y: 'number',
  B: 'number',
  F: 'number',
  I: 'integer',
  D: 'date',
  T: 'time',
  L: 'flag',
}

export const columnKind = ({ data_type, role }: Pick<SiteColumn, 'data_type' | 'role'>): ColumnKind =>
  role === 'shape' ? 'shape' : (KINDS[data_type] ?? 'text')
