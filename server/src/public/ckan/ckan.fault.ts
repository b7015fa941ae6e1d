/** A refusal in CKAN's own words: clients tell errors apart by `__type` and by the status. */
export class CkanFault extends Error {
  readonly status: number
  readonly error: Readonly<Record<string, unknown>>
  constructor(status: number, error: Readonly<Record<string, unknown>>) {
    super(String(error.message ?? error.__type))
    this.name = 'CkanFault'
    this.status = status
    this.error = error
  }
}

export const notFound = (what = ''): CkanFault =>
  new CkanFault(404, { message: what ? `Not found: ${what}` : 'Not found', __type: 'Not Found Error' })

export const notValid = (errors: Readonly<Record<string, readonly string[]>>): CkanFault =>
  new CkanFault(409, { ...errors, __type: 'Validation Error' })

export const notAllowed = (why: string): CkanFault =>
  new CkanFault(403, { message: `Access denied: ${why}`, __type: 'Authorization Error' })

export const badQuery = (why: string): CkanFault =>
  new CkanFault(400, { message: `Search Query is invalid: '${why}'`, __type: 'Search Query Error' })
