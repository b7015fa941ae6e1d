import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page, type Request } from 'playwright-core'
import type { Voice, World } from '../../server/test/harness.ts'
import { buildPages } from '../../server/test/pages.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Pictures for people to look at, taken with SHOTS=1; nothing compares them. */
const SHOTS = process.env.SHOTS ? join(tmpdir(), 'sanjiang-shots') : null

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

/** What a page has asked for and not yet got. */
class Line {
  readonly #open = new Set<Request>()
  #since = Date.now()

  constructor(page: Page) {
    page.on('request', (request) => this.#note(() => this.#open.add(request)))
    for (const end of ['requestfinished', 'requestfailed'] as const)
      page.on(end as 'requestfinished', (request) => this.#note(() => this.#open.delete(request)))
  }

  #note(change: () => unknown): void {
    change()
    this.#since = Date.now()
  }

  get isQuiet(): boolean {
    return this.#open.size === 0 && Date.now() - this.#since >= QUIET_MS
  }
}
const QUIET_MS = 150
/** A page that asks again and again is as settled as it will be. */
const RESTLESS_MS = 10_000
const lines = new WeakMap<Page, Line>()

const signedIn = async (browser: Browser, origin: string, voice: Voice | null, size: Size): Promise<Page> => {
  const context = await browser.newContext({ viewport: SIZES[size], locale: 'zh-CN', reducedMotion: 'reduce' })
  context.setDefaultTimeout(20_000)
  if (voice) {
    const [name, value] = voice.cookie.split('=') as [string, string]
    await context.addCookies([{ name, value, url: origin }])
  }
  const page = await context.newPage()
  lines.set(page, new Line(page))
  return page
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
  await buildPages()
  if (SHOTS) await mkdir(SHOTS, { recursive: true })
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
  await page.waitForLoadState('load')
  const line = lines.get(page)
  for (const end = Date.now() + RESTLESS_MS; line && !line.isQuiet && Date.now() < end; ) await pause(20)
  await page.locator('.ant-skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** Until nothing fades or slides any more: half faded, text has too little contrast. */
const STILL = `(async () => {
  const frame = () => new Promise(requestAnimationFrame)
  await frame()
  await frame()
  const moving = document.getAnimations().filter((one) => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(moving.map((one) => one.finished))
  await frame()
})()`

/** What axe holds against the page, by rule and place; empty when it conforms to WCAG 2.2 AA. */
export const offences = async (page: Page): Promise<string[]> => {
  await page.evaluate(STILL)
  // In the page itself, which has no frames of others: otherwise the findings are put together in another page, opened for it.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    // What passes need not be told place by place, and no rule asked for reads style sheets.
    .options({ resultTypes: ['violations'], preload: { assets: ['media'] } })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} ${target} ${any[0]?.message ?? ''}`),
  )
}

export const shoot = async (page: Page, name: string): Promise<void> => {
  await page.evaluate('window.scrollTo(0, 0)')
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}

/** How far the page runs out of the window sideways, in pixels. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>
