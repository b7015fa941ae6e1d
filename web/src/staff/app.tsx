import { lazy, Suspense } from 'react'
import { ErrorBoundary } from './error-boundary.tsx'
import { LoginPage } from './login/login.page.tsx'
import { PasswordPage } from './login/password.page.tsx'
import { Plain } from './login/plain.tsx'
import { SessionContext, useSessionQuery } from './session.ts'

// antd comes with the shell; whoever only signs in, or is turned away, never loads it.
const Shell = lazy(() => import('./shell/shell.tsx').then((module) => ({ default: module.Shell })))
const TotpPage = lazy(() => import('./login/totp.page.tsx').then((module) => ({ default: module.TotpPage })))

const Opening = () => (
  <output className="opening" aria-live="polite">
    正在打开…
  </output>
)

/** Who is here decides what is shown: the door, what still stands between the person and their work, or the shell. */
export const App = () => {
  const { data: session, isPending, isError, error, refetch } = useSessionQuery()
  if (isPending) return <Opening />
  if (isError)
    return (
      <Plain title="平台暂不可用">
        <p>{error.message}</p>
        <button type="button" className="plain-button" onClick={() => refetch()}>
          重试
        </button>
      </Plain>
    )
  if (!session) return <LoginPage />
  if (session.pending.includes('change_password')) return <PasswordPage session={session} />
  return (
    <ErrorBoundary>
      <Suspense fallback={<Opening />}>
        <SessionContext value={session}>{session.pending.length > 0 ? <TotpPage /> : <Shell />}</SessionContext>
      </Suspense>
    </ErrorBoundary>
  )
}
