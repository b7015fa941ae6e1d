import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runTour } from './tour.ts'

test('the main job works between real processes, from an empty platform to an offline proof (T8.1, C1, C2, C3)', async () => {
  const lines: string[] = []
  const steps = await runTour((line) => lines.push(line)).catch((error: Error) => {
    throw new Error(`${lines.join('\n')}\n${error.stack}`)
  })
  assert.ok(steps >= 14, lines.join('\n'))
})
