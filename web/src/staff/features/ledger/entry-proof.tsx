import { ledger } from '@sanjiang/contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useEffect, useState } from 'react'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { type FullEntry, findCheckpoint } from './entry.ts'
import { rememberSeen } from './pinned-trust.ts'
import { Steps } from './steps.tsx'
import type { TrustState } from './use-trust.ts'
import { verifyEntry } from './verify.ts'

/** What the node offers as proof, and the checkpoint last seen as it shows it now. */
const useProof = (entry: FullEntry, seenNo: number | undefined) =>
  useQuery({
    queryKey: ['ledger', 'proof', entry.log_id, entry.seq, seenNo],
    queryFn: async () => ({
      proof: await call(ledger.getInclusionProof, { params: { log_id: entry.log_id, seq: entry.seq } }),
      seenAgain: seenNo === undefined ? undefined : await findCheckpoint(seenNo),
    }),
    retry: 2,
    retryDelay: 1200,
  })

type Proved = NonNullable<ReturnType<typeof useProof>['data']>

const Verdict = ({
  entry,
  body,
  proved,
  trust,
}: {
  entry: FullEntry
  body: string
  proved: Proved
  trust: TrustState
}) => {
  const basis = trust.trust
  const query = useQuery({
    queryKey: ['ledger', 'verdict', entry.log_id, entry.seq, entry.leaf, body, proved.proof.checkpoint.hash, basis],
    queryFn: () =>
      verifyEntry({ ...entry, body }, proved.proof, {
        trust: basis as NonNullable<typeof basis>,
        seenAgain: proved.seenAgain,
      }),
    enabled: basis !== undefined,
    gcTime: 0,
  })
  const isGood = query.data?.every(({ ok }) => ok) === true && body === entry.body
  useEffect(() => {
    if (isGood && trust.pinned) rememberSeen(proved.proof.checkpoint)
  }, [isGood, proved, trust.pinned])
  if (query.isError) return <ErrorAlert error={query.error} />
  if (!query.data) return <output className="verdict busy">正在验证…</output>
  return (
    <Steps
      steps={query.data}
      good={trust.pinned ? '已验证：这一条从签入至今未被改动' : '已验证（公钥尚未固定）：这一条从签入至今未被改动'}
      bad="验证不通过：请看红色的步骤"
    />
  )
}

/** Change one character and see what happens: the whole claim of the ledger in one try. */
const TryIt = ({ body, onChange }: { body: string; onChange: (text: string | undefined) => void }) => {
  const [text, setText] = useState(body)
  return (
    <details style={{ marginTop: '1rem' }}>
      <summary>自己试试：改一个字，再验证</summary>
      <label htmlFor="tampered" className="muted">
        只在本页改，不影响账本
      </label>
      <Input.TextArea
        id="tampered"
        className="mono"
        autoSize={{ maxRows: 8 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row" style={{ marginTop: '.5rem' }}>
        <Button onClick={() => onChange(text)}>用改过的原文验证</Button>
        <Button
          onClick={() => {
            setText(body)
            onChange(undefined)
          }}
        >
          恢复
        </Button>
      </div>
    </details>
  )
}

/** The entry judged in this browser: hashed, walked to the root, and the root's signature checked. Nothing is taken on trust but the keys. */
export const EntryProof = ({ entry, trust }: { entry: FullEntry; trust: TrustState }) => {
  const [changed, setChanged] = useState<string>()
  const [seenNo] = useState(trust.trust?.last_seen?.no)
  const proof = useProof(entry, seenNo)
  return (
    <Panel title="在浏览器里验证">
      <Loaded query={proof}>
        {(proved) => <Verdict entry={entry} body={changed ?? entry.body} proved={proved} trust={trust} />}
      </Loaded>
      <TryIt body={entry.body} onChange={setChanged} />
    </Panel>
  )
}
