import { lookCookie, lookOf } from '../look.ts'
import { type Site, type SiteRoutes, textOf } from '../site.ts'

const MOST_BACK = 500

/** An address of this site and of nobody else's; anything else is the first page. */
const backOf = (value: unknown): string => {
  const text = textOf(value, MOST_BACK)
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) && !text.includes('\\') ? text : '/'
}

const refererOf = (referer: string | undefined, { origin }: Site): string => {
  const path = URL.canParse(referer ?? '') ? new URL(referer!) : null
  if (!path || path.origin !== new URL(origin).origin || path.pathname === '/preferences') return '/'
  return backOf(path.pathname + path.search)
}

/** Size of letters and contrast, kept in a cookie of two words: no script, no account. */
export const preferenceRoutes: SiteRoutes = (app, site) => {
  app.get('/preferences', async (request, reply) => {
    const query = request.query as Record<string, unknown>
    if (query.set === undefined) {
      const back = refererOf(request.headers.referer, site)
      const view = { page: 'preferences', look: lookOf(request.headers.cookie), back } as const
      return site.send(request, reply, { status: 200, view, isFresh: true })
    }
    const look = { is_large: query.size === 'large', is_contrast: query.contrast === 'high' }
    return reply
      .header('set-cookie', lookCookie(look, site.origin.startsWith('https:')))
      .header('cache-control', 'no-store')
      .redirect(backOf(query.back), 303)
  })
}
