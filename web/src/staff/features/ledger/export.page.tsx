import { addressOf, ledger } from '@sanjiang/contract'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { CodeBlock, saveText } from '../../../ui/copy.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { TrustPanel } from './trust-panel.tsx'
import { useTrust } from './use-trust.ts'

interface Period {
  readonly from?: string
  readonly to?: string
}

const nameOf = ({ from, to }: Period): string => `ledger-${from || 'begin'}-${to || 'now'}.ndjson`

/** A complete period as a file that proves itself offline; the browser streams it straight to disc. */
export const ExportPage = () => {
  const trust = useTrust()
  const [period, setPeriod] = useState<Period>({})
  const href = addressOf(ledger.exportPeriod, {
    query: { from: period.from || undefined, to: period.to || undefined },
  })
  return (
    <Page
      title="导出账本"
      crumbs={[{ title: '存证账本', to: '/ledger/logs' }, { title: '导出' }]}
      sub="导出一段时期的完整账本：条目、检查点与签名。拿到别处，离线也能证明一条未改、一条未少。"
    >
      <div className="split">
        <div>
          <Panel title="时期">
            <Form layout="vertical" onValuesChange={(_, all) => setPeriod(all)}>
              <div className="row" style={{ alignItems: 'flex-start' }}>
                <Form.Item name="from" label="从">
                  <Input type="date" />
                </Form.Item>
                <Form.Item name="to" label="到" extra="都不填：至今全部已签署的">
                  <Input type="date" />
                </Form.Item>
              </div>
              <Button type="primary" href={href} download={nameOf(period)}>
                下载 {nameOf(period)}
              </Button>
            </Form>
          </Panel>
          <Panel title="离线验证">
            <ol>
              <li>
                另存信任文件，并与书面公布的指纹核对——它应由审计部门保管，不与账本放在一起。
                <div style={{ margin: '.5rem 0' }}>
                  <Button
                    disabled={!trust.trust}
                    onClick={() => saveText('trust.json', JSON.stringify(trust.trust, null, 2), 'application/json')}
                  >
                    下载 trust.json
                  </Button>
                </div>
              </li>
              <li>
                在任何装有本产品命令行的机器上，不必联网：
                <CodeBlock title="验证命令" text={`sanjiang verify ${nameOf(period)} --trust trust.json`} />
              </li>
            </ol>
          </Panel>
        </div>
        <TrustPanel state={trust} />
      </div>
    </Page>
  )
}
