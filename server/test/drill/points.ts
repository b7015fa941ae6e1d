import type { Moment } from './door.ts'
import type { RoleName } from './role.ts'

/** A place in the program where a process is killed, named by what it is doing towards the database. */
export interface Point {
  readonly name: string
  readonly role: RoleName
  readonly pattern: string
  readonly moment: Moment
}

const RECEIPT = 'update ledger.log set size'
/** A simple query that says commit, as it stands on the wire. */
const COMMIT = 'Q\0\0\0\x0bcommit\0'

const at = (role: RoleName, what: string, pattern: string, moments: readonly Moment[]): Point[] =>
  moments.map((moment) => ({ name: `${role}: ${moment} ${what}`, role, pattern, moment }))

const ALL: readonly Moment[] = ['before', 'after', 'passed']

/** Where a kill is likeliest to break a promise. */
export const POINTS: readonly Point[] = [
  ...at('gateway', "the receipt's commit", RECEIPT, ALL),
  ...at('api', "the receipt's commit", RECEIPT, ALL),
  ...at('api', 'a transaction commits', COMMIT, ['before', 'after']),
  ...at('worker', 'a fact is published to the ledger', RECEIPT, ALL),
  ...at('worker', 'a checkpoint is stored', 'insert into "ledger"."checkpoint"', ['before', 'after']),
  ...at('worker', 'a transaction commits', COMMIT, ['after']),
]

/** Statements of a migration at which the migrating process is killed. */
export const MIGRATION_POINTS: readonly (Pick<Point, 'pattern' | 'moment'> & { readonly name: string })[] = [
  { name: 'migration: before a file is run', pattern: 'create schema ledger', moment: 'before' },
  { name: 'migration: after a file is run, before its commit', pattern: 'create schema sharing', moment: 'after' },
  { name: 'migration: after a commit', pattern: COMMIT, moment: 'after' },
  { name: 'migration: before the queue is laid', pattern: 'pgboss', moment: 'before' },
]
