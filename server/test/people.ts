import type { Problem, Role } from '@sanjiang/contract'
import { API_PREFIX, identity as contract } from '@sanjiang/contract'
import type { Session } from '@sanjiang/contract/identity'
import { generateSecret, generateSync } from 'otplib'
import { importPeople } from '#modules/identity/index.ts'
import { ORGANS, type OrganKey, type World } from './harness.ts'

/** A password that the policy accepts for any of the test's accounts. */
export const PASSWORD = 'Kunlun-2017'

export interface Account {
  readonly person_id: string
  readonly username: string
  /** Secret of the second factor, for administrators. */
  readonly totp_secret?: string
}

let count = 0

/** An account with a password, as an administrator would leave it after its first login. */
export const openAccount = async (
  world: World,
  {
    organ = 'police',
    roles = [],
    second_factor = false,
  }: { organ?: OrganKey; roles?: Role[]; second_factor?: boolean },
): Promise<Account> => {
  count += 1
  const username = `officer${count}`
  const organ_id = ORGANS[organ]
  const totp_secret = second_factor ? generateSecret() : undefined
  const held = roles.map((role) => ({ role, organ_id }))
  const account = { username, name: '才让', organ_id, password: PASSWORD, roles: held, totp_secret }
  const ids = await importPeople(await world.ctx(), [account])
  return { person_id: ids.get(username)!, username, totp_secret }
}

/** The code of the second factor `steps` half minutes from now. */
export const codeOf = (secret: string, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 })

export interface Answer<T = unknown> {
  readonly status: number
  readonly body: T & Problem
  readonly cookie: string
  readonly headers: Record<string, unknown>
}

export interface Browser {
  readonly cookie?: string
  readonly csrf?: string
  readonly headers?: Record<string, string>
  readonly remoteAddress?: string
}

export type Place = Pick<World, 'app'>

/** One request as a browser makes it, for what the contract's caller hides: cookies, headers, bodies that are no JSON. */
export const send = async <T>(
  { app }: Place,
  { method, path, body }: { method: string; path: string; body?: unknown },
  { cookie, csrf, headers, remoteAddress }: Browser = {},
): Promise<Answer<T>> => {
  const answer = await app.inject({
    method: method as 'GET',
    url: API_PREFIX + path,
    remoteAddress,
    headers: { ...(cookie ? { cookie } : {}), ...(csrf ? { 'x-csrf-token': csrf } : {}), ...headers },
    payload: body as never,
  })
  const [given] = answer.cookies
  return {
    status: answer.statusCode,
    body: answer.json(),
    cookie: given?.value ? `${given.name}=${given.value}` : '',
    headers: answer.headers,
  }
}

let address = 0

/** A login from an address of its own, so that one test does not spend another's tries. */
export const login = (
  place: Place,
  body: { username: string; password: string; totp?: string },
  browser: Browser = {},
): Promise<Answer<Session>> => {
  address += 1
  const remoteAddress = `10.9.${address >> 8}.${address & 255}`
  return send(place, { method: 'POST', path: contract.openSession.path, body }, { remoteAddress, ...browser })
}
