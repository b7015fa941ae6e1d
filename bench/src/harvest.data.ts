import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const TOPICS = [
  '企业登记',
  '行政许可',
  '行政处罚',
  '婚姻登记',
  '社会保险',
  '建设用地',
  '水质监测',
  '学籍管理',
  '药品经营',
  '道路运输',
]
const KINDS = ['信息', '公示目录', '统计资料', '名录', '办理结果']

/** One in a hundred is wrong, in turn in each of these ways. */
const FAULTS = ['title', 'tags', 'date', 'stranger', 'long', 'array', 'json', 'html', 'null', 'notes'] as const
export const FAULT_EVERY = 100

const good = (no: number, publisher: string) => ({
  id: `rec-${String(no).padStart(6, '0')}`,
  name: `dataset-${no}`,
  title: `${TOPICS[no % TOPICS.length]}${KINDS[no % KINDS.length]}目录之${no}号（${(no * 7919) % 9973}）`,
  notes: `第 ${no} 号数据集：${TOPICS[no % TOPICS.length]}过程中产生，含各州县办理的情况，按月汇总。`.repeat(2),
  organization: { name: `org-${no % 40}`, title: publisher, description: '', state: 'active' },
  tags: [{ name: TOPICS[no % TOPICS.length] }, { name: '公共服务' }],
  extras: [{ key: 'update_frequency', value: no % 2 ? 'monthly' : '每季度' }],
  resources: [
    { id: `res-${no}`, name: '数据文件', format: no % 3 ? 'CSV' : 'PDF', url: `http://portal.example/d/${no}` },
  ],
  license_title: '开放许可',
  metadata_created: '2017-05-04T08:00:00.000000',
  metadata_modified: '2017-11-01T08:00:00.000000',
})

const spoilt = (no: number, publisher: string): string => {
  const record = good(no, publisher)
  const fault = FAULTS[Math.floor(no / FAULT_EVERY) % FAULTS.length]
  if (fault === 'title') return JSON.stringify({ ...record, title: no })
  if (fault === 'tags') return JSON.stringify({ ...record, tags: '登记,企业' })
  if (fault === 'date') return JSON.stringify({ ...record, metadata_modified: '上个月' })
  if (fault === 'stranger') return JSON.stringify({ ...record, organization: { name: 'x', title: '外省某某局' } })
  if (fault === 'long') return JSON.stringify({ ...record, title: '长'.repeat(300) })
  if (fault === 'array') return '[]'
  if (fault === 'json') return JSON.stringify(record).replace('"notes":', '"notes" ')
  if (fault === 'html') return '<html>error</html>'
  if (fault === 'null') return 'null'
  return JSON.stringify({ ...record, notes: { zh: '说明' } })
}

export interface Portal {
  readonly url: string
  readonly requests: () => number
  close(): void
}

/** A CKAN-like server on loopback; its answers are made once, so that serving them costs nearly nothing. */
export const openPortal = async (size: number, publishers: readonly string[]): Promise<Portal> => {
  const records = Array.from({ length: size }, (_, index) => {
    const publisher = publishers[index % publishers.length]!
    return index % FAULT_EVERY === 37 ? spoilt(index, publisher) : JSON.stringify(good(index, publisher))
  })
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    const { searchParams } = new URL(request.url ?? '/', 'http://portal')
    const start = Number(searchParams.get('start'))
    const page = records.slice(start, start + Number(searchParams.get('rows')))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(`{"success":true,"result":{"count":${size},"results":[${page.join(',')}]}}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
