import { identity } from '@sanjiang/contract'
import type { Client } from '@sanjiang/contract/identity'
import { Alert, Button, Input, Modal, Tabs } from 'antd'
import { useState } from 'react'
import { saveText } from '../../../ui/copy.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { type ClientKeyPair, generateKeyPair, privateKeyPem } from '../../client-key.ts'
import { useClientAct } from './client-act.ts'

/** Generates the pair here and now: the platform only ever sees the public half. */
const Generate = ({
  client,
  onAdd,
  isPending,
}: {
  client: Client
  onAdd: (key: string) => void
  isPending: boolean
}) => {
  const [pair, setPair] = useState<ClientKeyPair>()
  const [isSaved, setSaved] = useState(false)
  const save = (made: ClientKeyPair) => {
    saveText(`${client.name}-${made.key_id}.private.pem`, privateKeyPem(made), 'application/x-pem-file')
    setSaved(true)
  }
  if (!pair)
    return (
      <div className="stack">
        <p>在这个浏览器里生成一对 Ed25519 密钥。私钥只在本页内存中，保存成文件后交给应用系统；平台只登记公钥。</p>
        <Button type="primary" onClick={() => setPair(generateKeyPair())}>
          生成密钥
        </Button>
      </div>
    )
  return (
    <div className="stack">
      <p>
        公钥标识 <b className="mono">{pair.key_id}</b>
      </p>
      <Alert
        type="warning"
        showIcon
        title="私钥只能现在保存一次"
        description="关闭窗口后无法找回；丢失时请另登记一把，再吊销这把。"
      />
      <div className="row">
        <Button type={isSaved ? 'default' : 'primary'} onClick={() => save(pair)}>
          {isSaved ? '再次保存私钥文件' : '1　保存私钥文件'}
        </Button>
        <Button type="primary" disabled={!isSaved} loading={isPending} onClick={() => onAdd(pair.public_key)}>
          2　登记公钥
        </Button>
      </div>
    </div>
  )
}

const Paste = ({ onAdd, isPending }: { onAdd: (key: string) => void; isPending: boolean }) => {
  const [text, setText] = useState('')
  return (
    <div className="stack">
      <label htmlFor="public-key">Ed25519 公钥：PEM，或 SPKI 的 Base64</label>
      <Input.TextArea
        id="public-key"
        rows={4}
        className="mono"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="-----BEGIN PUBLIC KEY-----"
      />
      <p className="muted">
        在自己的机器上生成：openssl genpkey -algorithm ed25519 -out private.pem；openssl pkey -in private.pem -pubout
      </p>
      <Button type="primary" disabled={text.trim() === ''} loading={isPending} onClick={() => onAdd(text.trim())}>
        登记公钥
      </Button>
    </div>
  )
}

export const AddKey = ({ client }: { client: Client }) => {
  const [isOpen, setOpen] = useState(false)
  const act = useClientAct(client.client_id, (public_key: string) =>
    call(identity.addClientKey, { params: { id: client.client_id }, body: { public_key } }),
  )
  const add = (key: string) => act.mutate(key, { onSuccess: () => setOpen(false) })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        添加公钥
      </Button>
      <Modal title="添加公钥" open={isOpen} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
        <Tabs
          items={[
            {
              key: 'generate',
              label: '在浏览器里生成',
              children: <Generate client={client} onAdd={add} isPending={act.isPending} />,
            },
            { key: 'paste', label: '粘贴已有公钥', children: <Paste onAdd={add} isPending={act.isPending} /> },
          ]}
        />
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}
