import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import '../ui/style.css'
import { problemOf } from './api.ts'
import { App } from './app.tsx'
import { applyDisplay, readDisplay } from './display.ts'
import { SESSION_KEY } from './session.ts'

/** A session that ended elsewhere shows the login page at once, whichever call notices it first. */
const noticeEnd = (error: unknown): void => {
  if (problemOf(error)?.code === 'unauthenticated') client.setQueryData(SESSION_KEY, null)
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && (problemOf(error)?.status ?? 500) === 0,
      refetchOnWindowFocus: false,
    },
  },
})

applyDisplay(readDisplay())
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
)
