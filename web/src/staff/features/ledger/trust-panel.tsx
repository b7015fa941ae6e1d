import { parseTrust } from '@sanjiang/seal'
import { Alert, Button } from 'antd'
import { type ChangeEvent, useId, useState } from 'react'
import { timeText } from '../../../ui/instant.ts'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import type { TrustState } from './use-trust.ts'

const sameKeys = ({ pinned, offered }: TrustState): boolean =>
  !pinned || !offered || offered.keys.every(({ key_id }) => pinned.trust.keys.some((key) => key.key_id === key_id))

const ImportTrust = ({ onRead }: { onRead: (text: string) => void }) => {
  const id = useId()
  const read = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (file) onRead(await file.text())
    target.value = ''
  }
  return (
    <span>
      <label htmlFor={id} className="file-button">
        导入信任文件
      </label>
      <input id={id} type="file" accept=".json,.trust,application/json" className="hidden" onChange={read} />
    </span>
  )
}

/** Whose signatures count here, and since when. */
export const TrustPanel = ({ state }: { state: TrustState }) => {
  const [fault, setFault] = useState('')
  const { trust, pinned, offered } = state
  const load = (text: string) => {
    try {
      state.pin(parseTrust(text))
      setFault('')
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <Panel title="信任依据">
      {pinned ? (
        <p className="muted">已于 {timeText(pinned.pinned_at)} 固定在本浏览器；节点自己改不了它。</p>
      ) : (
        <Alert
          type="warning"
          showIcon
          title="尚未固定"
          description="现在用的是节点自己给出的公钥。请与书面公布的指纹核对后固定，或导入审计部门保管的信任文件。"
          style={{ marginBottom: '.75rem' }}
        />
      )}
      {!sameKeys(state) && (
        <Alert type="error" showIcon title="节点现在给出的公钥与所固定的不同" style={{ marginBottom: '.75rem' }} />
      )}
      <Facts
        of={[
          ['节点', trust?.node_id],
          ...(trust?.keys ?? []).map(
            ({ key_id, alg, role }) =>
              [
                role === 'node' ? '节点公钥' : '见证公钥',
                <span key={key_id} className="mono">{`${key_id}（${alg}）`}</span>,
              ] as const,
          ),
          ['上次所见', pinned?.trust.last_seen && `第 ${pinned.trust.last_seen.no} 号检查点`],
        ]}
      />
      <div className="row" style={{ marginTop: '.75rem' }}>
        {pinned ? (
          <Button size="small" onClick={state.unpin}>
            解除固定
          </Button>
        ) : (
          offered && (
            <Button size="small" type="primary" onClick={() => state.pin(offered)}>
              核对无误，固定
            </Button>
          )
        )}
        <ImportTrust onRead={load} />
      </div>
      {fault && <Alert type="error" showIcon role="alert" title="信任文件无法读出" description={fault} />}
    </Panel>
  )
}
