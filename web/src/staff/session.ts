import type { Permission } from '@sanjiang/contract'
import { closeSession, getSession, type Session } from '@sanjiang/contract/identity'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { call, problemOf, setPageToken } from './api.ts'

export const SESSION_KEY = ['session'] as const

/** Every page token comes through here, so that a write never goes out with a stale one. */
export const keepSession = (session: Session): Session => {
  setPageToken(session.csrf)
  return session
}

const loadSession = async (): Promise<Session | null> => {
  try {
    return keepSession(await call(getSession, {}))
  } catch (error) {
    if (problemOf(error)?.code === 'unauthenticated') return null
    throw error
  }
}

export const useSessionQuery = () =>
  useQuery({ queryKey: SESSION_KEY, queryFn: loadSession, staleTime: 5 * 60_000, refetchOnWindowFocus: true })

export const useLeave = () => {
  const client = useQueryClient()
  return async () => {
    await call(closeSession, {}).catch(() => undefined)
    client.clear()
    client.setQueryData(SESSION_KEY, null)
  }
}

/** Inside the shell there always is a session; pages ask for it here. */
export const SessionContext = createContext<Session | null>(null)

export const useSession = (): Session => {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside of the shell')
  return session
}

/** What a page or a menu entry needs: a permission, any one of several, or only to be signed in. */
export type Need = Permission | 'session' | readonly Permission[]

export const meets = ({ permissions }: Pick<Session, 'permissions'>, need: Need): boolean => {
  if (need === 'session') return true
  return typeof need === 'string' ? permissions.includes(need) : need.some((one) => permissions.includes(one))
}

/** Hides what the person may not do; the server decides all the same. */
export const useCan = (need: Need): boolean => meets(useSession(), need)
