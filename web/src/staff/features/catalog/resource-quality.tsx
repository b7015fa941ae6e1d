import {
  type Channel,
  FINDING_KINDS,
  getQuality,
  ORIGINS,
  type Quality,
  type QualityReason,
} from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { ageText, FixLink, LevelTag, PartyTag } from './quality.words.tsx'
import './quality.css'

const METHODS: Record<Channel['method'], string> = { api: '接口', table: '库表', file: '文件' }

const Reason = ({ reason, id, canMend }: { reason: QualityReason; id: string; canMend: boolean }) => (
  <li className={reason.is_charged ? undefined : 'uncharged'}>
    <b className="lost">{reason.is_charged ? `−${reason.lost}` : '不扣'}</b>
    <div>
      <span>{reason.title}</span>
      <small>
        {reason.message}（{reason.clause}）
      </small>
      <small>
        责任方：
        <PartyTag party={reason.party} />
        {canMend && (
          <>
            {' · '}
            <FixLink fix={reason.fix} id={id} />
          </>
        )}
      </small>
    </div>
  </li>
)

const Channels = ({ of }: { of: readonly Channel[] }) => (
  <ul className="tight" aria-label="挂接状态">
    {of.map(({ method, is_reachable, since, message }) => (
      <li key={method}>
        {METHODS[method]}{' '}
        {is_reachable ? (
          <>
            <StateTag tone="good">可达</StateTag> <span className="muted small">{since} 挂接</span>
          </>
        ) : (
          <>
            <StateTag tone="bad">不可达</StateTag>{' '}
            <span className="small">
              {message}，自 {since}
            </span>
          </>
        )}
      </li>
    ))}
  </ul>
)

const Score = ({ quality, canMend }: { quality: Quality; canMend: boolean }) => (
  <>
    <p className="score">
      <b>{quality.score}</b> <LevelTag level={quality.level} />
      <span className="muted small">
        {quality.folded_on} 评定，规则 {quality.rules_from} 版，{ORIGINS.titles[quality.origin]}
        {quality.is_stale && '；有新的情况，稍后重评'}
      </span>
    </p>
    <Channels of={quality.channels} />
    {quality.findings.map(({ finding_id, kind, found_on, age_days, party }) => (
      <p key={finding_id} className="small">
        <StateTag tone="bad">{FINDING_KINDS.titles[kind]}</StateTag> 自 {found_on}，已 {ageText(age_days)}{' '}
        <PartyTag party={party} />
      </p>
    ))}
    {quality.reasons.length === 0 ? (
      <p className="nothing">各项要求都满足。</p>
    ) : (
      <ul className="reasons">
        {quality.reasons.map((reason) => (
          <Reason key={reason.rule} reason={reason} id={quality.resource_id} canMend={canMend} />
        ))}
      </ul>
    )}
  </>
)

/** How good the entry is, why not better, whose doing it is and where it is mended. */
export const ResourceQuality = ({ id, organId }: { id: string; organId: string }) => {
  const { organ_id } = useSession()
  const query = useQuery({
    queryKey: ['catalog', 'quality', id],
    queryFn: () => call(getQuality, { params: { id } }),
  })
  return (
    <Panel title="质量" extra={<Link to="/catalog/quality-rules">评定方法</Link>}>
      <Loaded query={query}>
        {(quality) =>
          quality ? (
            <Score quality={quality} canMend={organ_id === organId} />
          ) : (
            <p className="nothing">刚刚发布，稍后评定。</p>
          )
        }
      </Loaded>
    </Panel>
  )
}
