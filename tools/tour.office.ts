import { type Endpoint, identity, makeCall, type Role } from '@sanjiang/contract'
import { generateSync } from 'otplib'

/** Changes of the first password are part of the tour, so the final one is the tour's own. */
const PASSWORD = 'Kunlun-2017'

interface Login {
  readonly username: string
  readonly password: string
  readonly totp_secret?: string
}

const codeOf = (secret: string): string => generateSync({ secret })

/** A person at a browser: keeps the cookie and the page token, and calls the API through the contract. */
export class Officer {
  #cookie = ''
  #csrf = ''
  readonly name: string
  readonly call: ReturnType<typeof makeCall>

  constructor(name: string, origin: string) {
    this.name = name
    const withCookie: typeof fetch = async (address, init) => {
      const answer = await fetch(address, init)
      const [set] = answer.headers.getSetCookie()
      if (set) this.#cookie = set.split(';')[0] ?? ''
      return answer
    }
    const headers = (): Record<string, string> => ({ cookie: this.#cookie, 'x-csrf-token': this.#csrf })
    this.call = makeCall({ origin, fetch: withCookie, headers })
  }

  async signIn({ username, password, totp_secret }: Login): Promise<void> {
    const totp = totp_secret ? codeOf(totp_secret) : undefined
    const session = await this.call(identity.openSession, { body: { username, password, totp } })
    this.#csrf = session.csrf
    if (session.pending.includes('change_password')) await this.#replacePassword(username, password)
    else if (session.pending.includes('enrol_totp')) await this.#enrol()
  }

  async #replacePassword(username: string, current: string): Promise<void> {
    await this.call(identity.changePassword, { body: { current, next: PASSWORD } })
    await this.signIn({ username, password: PASSWORD })
  }

  async #enrol(): Promise<void> {
    const { secret } = await this.call(identity.beginTotp, {})
    await this.call(identity.confirmTotp, { body: { code: codeOf(secret) } })
  }

  /** The code an endpoint refuses with; an answer is a failure of the tour. */
  async refusedBy<In>(ep: Endpoint<In, unknown>, input: NoInfer<In>): Promise<string> {
    try {
      await this.call(ep, input)
    } catch (error) {
      const { problem } = error as { problem?: { code: string } }
      if (problem) return problem.code
      throw error
    }
    throw new Error(`${ep.method} ${ep.path} 本应被拒绝`)
  }
}

export interface Post {
  readonly username: string
  readonly name: string
  readonly organ_id: string
  readonly role: Role
}

const FIRST_PASSWORD = 'Yellow-River-1'

/** The system administrator opens an account, the security administrator gives it its role: nobody can do both (T16.1). */
export const appoint = async (
  { sysadmin, secadmin, origin }: { sysadmin: Officer; secadmin: Officer; origin: string },
  { username, name, organ_id, role }: Post,
): Promise<Officer> => {
  const body = { username, name, organ_id, password: FIRST_PASSWORD }
  const { person_id } = await sysadmin.call(identity.createPerson, { body })
  await secadmin.call(identity.assignRole, { params: { id: person_id }, body: { role, organ_id } })
  const officer = new Officer(name, origin)
  await officer.signIn({ username, password: FIRST_PASSWORD })
  return officer
}
