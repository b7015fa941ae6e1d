import { createHmac } from 'node:crypto'
import { lettersOf, readNumber } from '@sanjiang/contract/opendata.intake'
import type { Claim } from '@sanjiang/contract/site.apply'
import { lineOf } from '../form.ts'
import type { Taken } from '../intake.send.ts'

/** Number and code a form came back with; an empty number where there are none. */
export const claimIn = (fields: URLSearchParams): Claim => ({
  number: readNumber(lineOf(fields, 'number', 40)),
  code: lineOf(fields, 'code', 40),
})

/** Drawn from the form's own token: sent twice by an impatient hand it is the same number and the same code. */
export const drawnClaim = ({ key, purpose, token }: Taken, today: string): Claim => {
  const letters = (what: string, count: number): string =>
    lettersOf(createHmac('sha256', key!).update(`${what}|${purpose}|${token}`).digest(), count)
  const code = letters('code', 10)
  return {
    number: `GK${today.replaceAll('-', '')}-${letters('number', 8)}`,
    code: `${code.slice(0, 5)}-${code.slice(5)}`,
  }
}
