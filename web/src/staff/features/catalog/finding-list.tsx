import type { Finding } from '@sanjiang/contract/catalog'
import { Link } from 'react-router'
import { clauseOf } from './editor-field.tsx'

const LEVELS = { error: '错误', warning: '提醒' } as const

/** What the rules say, each with its clause; errors first. */
export const FindingList = ({ findings }: { findings: readonly Finding[] }) => {
  if (findings.length === 0) return <p className="all-clear">✓ 全部规则通过。</p>
  const sorted = findings.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))
  return (
    <ul className="findings">
      {sorted.map((one) => (
        <li key={`${one.rule} ${one.field} ${one.message}`} className={one.level}>
          <b>{LEVELS[one.level]}</b>
          <span>{one.message}</span>
          <small>
            <Link to={`/catalog/norms?target=${one.rule}`}>{clauseOf(one)}</Link>
          </small>
        </li>
      ))}
    </ul>
  )
}
