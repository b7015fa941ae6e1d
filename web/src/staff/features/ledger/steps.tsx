import { Facts } from '../../../ui/page-head.tsx'
import '../../../ui/views.css'
import type { Step } from './verify.ts'

/** Green or red, each step with its numbers; the verdict first. */
export const Steps = ({ steps, good, bad }: { steps: readonly Step[]; good: string; bad: string }) => {
  const ok = steps.every((step) => step.ok)
  return (
    <>
      <output className={`verdict ${ok ? 'ok' : 'fault'}`} style={{ display: 'block' }} aria-live="polite">
        {ok ? `✓ ${good}` : `✗ ${bad}`}
      </output>
      <ol className="steps">
        {steps.map((step) => (
          <li key={step.title} className={step.ok ? 'ok' : 'fault'}>
            <span className="sign" role="img" aria-label={step.ok ? '通过' : '不通过'}>
              {step.ok ? '✓' : '✗'}
            </span>
            <h3>{step.title}</h3>
            <p className="muted" style={{ margin: '0 0 .35rem' }}>
              {step.says}
            </p>
            <div className="mono small">
              <Facts of={step.numbers} />
            </div>
          </li>
        ))}
      </ol>
    </>
  )
}
