import { identity } from '@sanjiang/contract'
import type { Client } from '@sanjiang/contract/identity'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { saveText } from '../../../ui/copy.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { type ClientKeyPair, generateKeyPair, privateKeyPem, readPrivateKey } from '../../client-key.ts'

interface KeyProps {
  readonly client: Client
  readonly pair: ClientKeyPair | undefined
  readonly onPair: (pair: ClientKeyPair | undefined) => void
}

const isRegistered = (client: Client, pair: ClientKeyPair): boolean =>
  client.keys.some(({ key_id, status }) => key_id === pair.key_id && status === 'active')

/** A new key is registered before it is used, so that what the page calls a key is one the gateway knows. */
const NewKey = ({ client, onPair }: KeyProps) => {
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: async () => {
      const pair = generateKeyPair()
      const after = await call(identity.addClientKey, {
        params: { id: client.client_id },
        body: { public_key: pair.public_key },
      })
      return { pair, after }
    },
    onSuccess: ({ pair, after }) => {
      queries.setQueryData(['identity', 'client', client.client_id], after)
      onPair(pair)
    },
  })
  if (!client.can.includes('add_key')) return null
  return (
    <>
      <Button type="primary" loading={act.isPending} onClick={() => act.mutate()}>
        生成一把并登记公钥
      </Button>
      {act.isError && <ErrorAlert error={act.error} />}
    </>
  )
}

const ImportKey = ({ client, onPair }: KeyProps) => {
  const [text, setText] = useState('')
  const [fault, setFault] = useState('')
  const read = () => {
    try {
      const pair = readPrivateKey(text)
      if (!isRegistered(client, pair)) throw new Error(`公钥 ${pair.key_id} 没有登记在“${client.name}”名下，或已吊销`)
      setText('')
      onPair(pair)
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <details>
      <summary>用已有的私钥</summary>
      <label htmlFor="trial-pem" className="muted">
        粘贴 PKCS#8 的 PEM。只在本页内存中使用，不上传、不保存。
      </label>
      <Input.TextArea
        id="trial-pem"
        rows={4}
        className="mono"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="-----BEGIN PRIVATE KEY-----"
        autoComplete="off"
        spellCheck={false}
      />
      <Button style={{ marginTop: '.5rem' }} disabled={text.trim() === ''} onClick={read}>
        读入私钥
      </Button>
      {fault && <Alert type="error" showIcon role="alert" title={fault} style={{ marginTop: '.5rem' }} />}
    </details>
  )
}

const Held = ({ client, pair, onPair }: KeyProps & { pair: ClientKeyPair }) => (
  <div className="row">
    <span>
      本页持有 <b>{client.name}</b> 的私钥，公钥标识 <b className="mono">{pair.key_id}</b>
    </span>
    <Button
      size="small"
      onClick={() =>
        saveText(`${client.name}-${pair.key_id}.private.pem`, privateKeyPem(pair), 'application/x-pem-file')
      }
    >
      保存私钥文件
    </Button>
    <Button size="small" onClick={() => onPair(undefined)}>
      换一把
    </Button>
  </div>
)

/** The application's private key, held by this page alone and gone with it. */
export const TrialKey = ({
  clientId,
  pair,
  onPair,
}: {
  clientId: string
  pair: ClientKeyPair | undefined
  onPair: (pair: ClientKeyPair | undefined) => void
}) => {
  const query = useQuery({
    queryKey: ['identity', 'client', clientId],
    queryFn: () => call(identity.getClient, { params: { id: clientId } }),
  })
  return (
    <Panel title="2　应用系统的密钥">
      <Loaded query={query}>
        {(client) =>
          pair && isRegistered(client, pair) ? (
            <Held client={client} pair={pair} onPair={onPair} />
          ) : (
            <div className="stack">
              <p className="muted" style={{ margin: 0 }}>
                网关凭公钥认应用系统。试用可以在这里现生成一把；用完到“应用系统”吊销。
              </p>
              <NewKey client={client} pair={pair} onPair={onPair} />
              <ImportKey client={client} pair={pair} onPair={onPair} />
            </div>
          )
        }
      </Loaded>
    </Panel>
  )
}
