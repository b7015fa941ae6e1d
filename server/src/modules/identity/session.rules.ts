import { type Permission, type Role, roleSpec } from '@sanjiang/contract'
import type { Scope } from '#kernel/ctx.ts'
import { isExpired } from './password.rules.ts'
import type { SessionRow } from './session.store.ts'

// domain §5.6: idle ≤ 30 minutes, 15 for administrators; twelve hours in all.
const IDLE_MS = 30 * 60_000
const ADMIN_IDLE_MS = 15 * 60_000
const LONGEST_MS = 12 * 3_600_000

export type Pending = 'change_password' | 'enrol_totp'

const needsSecondFactor = (roles: readonly { role: string }[]): boolean =>
  roles.some(({ role }) => roleSpec(role as Role).second_factor)

export const isLive = (session: SessionRow, instant: string): boolean => {
  const now = Date.parse(instant)
  const idle = needsSecondFactor(session.roles) ? ADMIN_IDLE_MS : IDLE_MS
  const isFresh = now - Date.parse(session.last_seen_at) < idle && now - Date.parse(session.opened_at) < LONGEST_MS
  return isFresh && session.state === 'active'
}

/** What must be done before the session has its permissions. */
export const pendingOf = (session: SessionRow, instant: string): Pending[] => {
  const pending: Pending[] = []
  if (session.must_change_password || isExpired(session.password_set_at, instant)) pending.push('change_password')
  if (needsSecondFactor(session.roles) && !session.has_totp) pending.push('enrol_totp')
  return pending
}

/** Permissions with their reach, from the roles held: `province` reaches all, `organ` its own path and below. */
export const scopesOf = (roles: readonly { role: string; path: string }[]): Map<Permission, Scope> => {
  const scopes = new Map<Permission, Scope>()
  for (const { role, path } of roles) {
    const { permissions, reach } = roleSpec(role as Role)
    for (const permission of permissions) {
      const before = scopes.get(permission) ?? []
      scopes.set(permission, reach === 'province' || before === 'all' ? 'all' : [...new Set([...before, path])])
    }
  }
  return scopes
}

/** Before which instants a session of anybody has ended by itself. */
export const endedBefore = (instant: string) => ({
  openedBefore: new Date(Date.parse(instant) - LONGEST_MS).toISOString(),
  unseenSince: new Date(Date.parse(instant) - IDLE_MS).toISOString(),
})
