import assert from 'node:assert/strict'
import { mkdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildStale } from '../../server/src/supervisor/build.ts'
import type { Voice, World } from '../../server/test/harness.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Pictures for people to look at; nothing compares them. */
export const SHOTS = join(tmpdir(), 'sanjiang-shots')

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
export type Size = keyof typeof SIZES

export interface Portal<W extends World> {
  readonly world: W
  readonly origin: string
  /** A browser window of someone signed in, or of a stranger. */
  open(voice: Voice | null, size?: Size): Promise<Page>
  /** A page on a desk and on a phone: pictures taken, nothing running out of the window, nothing for axe to hold against it. */
  see(voice: Voice, path: string, name: string): Promise<void>
  /** Pages of one person in one window, one after another: sound, and nothing runs out of the window. */
  walk(voice: Voice, size: Size, paths: Readonly<Record<string, string>>): Promise<void>
  close(): Promise<void>
}

// Test files run side by side; only one of them builds.
const build = async (): Promise<void> => {
  const lock = join(tmpdir(), 'sanjiang-web-build.lock')
  const isMine = await mkdir(lock).then(
    () => true,
    () => false,
  )
  if (!isMine) {
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > 60_000) await rm(lock, { recursive: true, force: true })
    else await new Promise((resolve) => setTimeout(resolve, 200))
    return build()
  }
  try {
    await buildStale(() => undefined)
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

const signedIn = async (browser: Browser, origin: string, voice: Voice | null, size: Size): Promise<Page> => {
  const context = await browser.newContext({ viewport: SIZES[size], locale: 'zh-CN', reducedMotion: 'reduce' })
  context.setDefaultTimeout(20_000)
  if (voice) {
    const [name, value] = voice.cookie.split('=') as [string, string]
    await context.addCookies([{ name, value, url: origin }])
  }
  return context.newPage()
}

const look = async (page: Page, name: string, size: Size): Promise<void> => {
  await page.setViewportSize(SIZES[size])
  await shoot(page, `${name}-${size}`)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of a ${size}'s window`)
  assert.deepEqual(await offences(page), [], `${name} on a ${size}`)
}

interface Way {
  readonly size: Size
  /** Addresses by the names of their pictures. */
  readonly paths: Readonly<Record<string, string>>
}

const walkPages = async (page: Page, origin: string, { size, paths }: Way): Promise<void> => {
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(origin + path)
    await settled(page)
    await shoot(page, `${name}-${size}`)
    assert.deepEqual(await offences(page), [], `${name} ${size}`)
    assert.ok((await overflow(page)) <= 0, `${name} ${size} runs out of the window`)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${name} ${size} has one heading`)
  }
  assert.deepEqual(faults, [])
}

/** The real API with the built portal behind it, and a real browser before it. */
export const openPortal = async <W extends World>(openWorld: () => Promise<W>): Promise<Portal<W>> => {
  await build()
  await mkdir(SHOTS, { recursive: true })
  const world = await openWorld()
  const origin = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
  // One window for each person: what they loaded once is not loaded again for the next page.
  const windows = new Map<Voice, Promise<Page>>()
  const open = (voice: Voice | null, size: Size = 'desktop') => signedIn(browser, origin, voice, size)
  return {
    world,
    origin,
    open,
    see: async (voice, path, name) => {
      const page = await (windows.get(voice) ?? open(voice))
      windows.set(voice, Promise.resolve(page))
      await page.goto(origin + path)
      await settled(page)
      await look(page, name, 'phone')
      await look(page, name, 'desktop')
    },
    walk: async (voice, size, paths) => {
      const page = await open(voice, size)
      await walkPages(page, origin, { size, paths })
      await page.context().close()
    },
    close: async () => {
      await browser.close()
      await world.close()
    },
  }
}

/** Waits until nothing is loading: pages mark themselves, antd's skeletons are recognised. */
export const settled = async (page: Page): Promise<void> => {
  await page.locator('h1').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.locator('.ant-skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** What axe holds against the page, by rule and place; empty when it conforms to WCAG 2.2 AA. */
export const offences = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} ${target} ${any[0]?.message ?? ''}`),
  )
}

export const shoot = async (page: Page, name: string): Promise<void> => {
  await page.evaluate('window.scrollTo(0, 0)')
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}

/** How far the page runs out of the window sideways, in pixels. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>
