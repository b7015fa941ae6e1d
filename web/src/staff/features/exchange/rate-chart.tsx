import type { SubscriptionDetail } from '@sanjiang/contract/exchange'
import { useEffect, useState } from 'react'
import { useWidth } from '../../../ui/use-width.ts'
import { countText, lagText, rateText } from './exchange.words.tsx'

interface Sample {
  readonly at: number
  readonly rows_total: number
  /** Rows per second since the sample before. */
  readonly rate: number
}

const WINDOW_MS = 5 * 60_000
const MIN_STEP_MS = 500

const sampleOf = (last: Sample | undefined, rows_total: number, at: number): Sample => ({
  at,
  rows_total,
  rate: last ? Math.max(0, ((rows_total - last.rows_total) * 1000) / (at - last.at)) : 0,
})

/** What was seen while this page was open: nothing is asked of the server for it. */
export const useRateSamples = (of: SubscriptionDetail, seenAt: number): readonly Sample[] => {
  const [samples, setSamples] = useState<readonly Sample[]>([])
  useEffect(() => {
    setSamples((before) => {
      const last = before.at(-1)
      if (last && seenAt - last.at < MIN_STEP_MS) return before
      const kept = before.filter(({ at }) => at > seenAt - WINDOW_MS)
      return [...kept, sampleOf(last, of.rows_total, seenAt)]
    })
  }, [of.rows_total, seenAt])
  return samples
}

const TALL = 150
const LEFT = 64
const BASE = TALL - 24

const niceTop = (value: number): number => {
  if (value <= 10) return 10
  const unit = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * unit >= value) ?? 10) * unit
}

const Curve = ({ samples, width }: { samples: readonly Sample[]; width: number }) => {
  const end = samples.at(-1)?.at ?? 0
  const top = niceTop(Math.max(...samples.map(({ rate }) => rate)))
  const x = (at: number) => LEFT + (1 - (end - at) / WINDOW_MS) * (width - LEFT - 8)
  const y = (rate: number) => BASE - (rate / top) * (BASE - 12)
  const points = samples.map(({ at, rate }) => `${x(at).toFixed(1)},${y(rate).toFixed(1)}`)
  const [first] = samples
  return (
    <>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line className="grid" x1={LEFT} x2={width - 8} y1={y(top * share)} y2={y(top * share)} />
          <text x={LEFT - 8} y={y(top * share) + 4} fontSize={12} textAnchor="end">
            {countText(top * share)}
          </text>
        </g>
      ))}
      {[5, 4, 3, 2, 1, 0].map((minutes) => (
        <text
          key={minutes}
          x={x(end - minutes * 60_000)}
          y={TALL - 6}
          fontSize={12}
          textAnchor={minutes === 0 ? 'end' : 'middle'}
        >
          {minutes === 0 ? '现在' : `-${minutes} 分`}
        </text>
      ))}
      <polygon className="area" points={`${x(first?.at ?? 0)},${BASE} ${points.join(' ')} ${x(end)},${BASE}`} />
      <polyline className="line" points={points.join(' ')} />
    </>
  )
}

export const RateChart = ({ of, samples }: { of: SubscriptionDetail; samples: readonly Sample[] }) => {
  const [box, width] = useWidth()
  const told = samples.slice(1)
  const peak = Math.max(of.rows_per_second ?? 0, ...told.map(({ rate }) => rate))
  const words = `近一分钟 ${rateText(of.rows_per_second)}，打开本页以来最高 ${rateText(peak)}，延迟：${lagText(of.lag_seconds)}`
  return (
    <div ref={box}>
      {width > 0 && (
        <svg className="chart" viewBox={`0 0 ${width} ${TALL}`} role="img" aria-label={`速率（行/秒）：${words}`}>
          <Curve samples={told.length > 0 ? told : [{ at: Date.now(), rows_total: 0, rate: 0 }]} width={width} />
        </svg>
      )}
      <p className="muted small" style={{ margin: '.25rem 0 0' }}>
        {words}
      </p>
    </div>
  )
}
