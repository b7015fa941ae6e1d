import type { Look } from '@sanjiang/contract/site.about'

const COOKIE = 'look'
const YEAR_S = 31_536_000

/** How the reader wants pages to look; anything but the two words is nothing. */
export const lookOf = (cookies: string | undefined): Look => {
  const words = (/(?:^|;\s*)look=([a-z.]{0,20})(?:;|$)/.exec(cookies ?? '')?.[1] ?? '').split('.')
  return { is_large: words.includes('large'), is_contrast: words.includes('contrast') }
}

export const lookCookie = ({ is_large, is_contrast }: Look, isSecure: boolean): string => {
  const words = [is_large ? 'large' : '', is_contrast ? 'contrast' : ''].filter(Boolean).join('.')
  const life = words ? YEAR_S : 0
  return `${COOKIE}=${words}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}
