// When the largest part of a page is painted on a slow telephone: Chromium at 390 px, 1.6 Mbit/s, 150 ms there and back, CPU four times
// slower. Browsers slow requests, not connections, so what a first visit pays for name, TCP and TLS is told beside it.
import { existsSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const LINE = { latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, offline: false }
const SLOWER = 4
/** Name, TCP, TLS 1.3. */
const SET_UP_MS = 3 * LINE.latency
const WANTED_MS = 1500
const LIMIT_MS = 2500

/** Runs in the page; what was painted before it was asked for is told as well. */
const LARGEST = `new Promise((tell) => {
  new PerformanceObserver((list) => {
    const last = list.getEntries().at(-1)
    tell({ at: last.startTime, what: last.element ? last.element.tagName.toLowerCase() : '' })
  }).observe({ type: 'largest-contentful-paint', buffered: true })
})`

interface Painted {
  readonly at: number
  readonly what: string
}

/** A window of its own each time: nothing is in any cache. */
const paint = async (browser: Browser, url: string): Promise<Painted> => {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
  })
  try {
    const page = await context.newPage()
    const line = await context.newCDPSession(page)
    await line.send('Network.enable')
    await line.send('Network.setCacheDisabled', { cacheDisabled: true })
    await line.send('Network.emulateNetworkConditions', LINE)
    await line.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await page.goto(url, { waitUntil: 'load' })
    return (await page.evaluate(LARGEST)) as Painted
  } finally {
    await context.close()
  }
}

/** The best is nearest to what a machine with nothing else to do would say. */
const inOrder = (painted: readonly Painted[]) => {
  const sorted = painted.toSorted((a, b) => a.at - b.at)
  return { best: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! }
}

/** A figure to read, not a test: it is the machine's as much as ours. */
export const reportPaint = async (address: string, paths: readonly string[], rounds: number): Promise<void> => {
  if (!existsSync(CHROMIUM)) {
    console.log(`largest contentful paint: not measured, there is no ${CHROMIUM} (apt-get install chromium)`)
    return
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    console.log(
      `largest contentful paint at 390 px, 1.6 Mbit/s, ${LINE.latency} ms, CPU ${SLOWER}×, nothing cached, best and median of ${rounds}; + ${SET_UP_MS} ms where name, TCP and TLS are new; ${loadavg()[0]!.toFixed(1)} others on ${cpus().length} CPUs`,
    )
    await paint(browser, address)
    let slowest = 0
    for (const path of paths) {
      const painted: Painted[] = []
      for (let no = 0; no < rounds; no += 1) painted.push(await paint(browser, address + path))
      const { best, median } = inOrder(painted)
      slowest = Math.max(slowest, best.at)
      const told = [best, median].map(({ at }) => at.toFixed(0).padStart(6)).join(' ')
      console.log(`  ${decodeURIComponent(path).slice(0, 60).padEnd(60)} ${told} ms  ${best.what}`)
    }
    const verdict = slowest <= WANTED_MS ? 'as wanted' : slowest <= LIMIT_MS ? 'within the limit' : 'too slow'
    console.log(
      `  slowest of the best ${slowest.toFixed(0)} ms: ${verdict} (${WANTED_MS} ms wanted, ${LIMIT_MS} ms at most)`,
    )
    console.log(JSON.stringify({ bench: 'portal-paint', slowest_ms: Math.round(slowest), pages: paths.length }))
  } finally {
    await browser.close()
  }
}
