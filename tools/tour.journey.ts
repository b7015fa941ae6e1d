import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { catalog, gateway, identity, ledger, sharing } from '@sanjiang/contract'
import { draftOf, makeOffers } from '../server/seeds/demo/registry/offers.ts'
import { makePeople, type Person } from '../server/seeds/demo/registry/people.ts'
import { serveOffers } from '../server/seeds/demo/registry/serve.ts'
import { demoResources } from '../server/seeds/demo/resources.ts'
import { serviceItems } from '../server/seeds/reference/service-items.ts'
import { type CallOrder, GatewayClient } from '../server/test/gateway-client.ts'
import { appoint, Officer } from './tour.office.ts'

export interface Stage {
  readonly origin: string
  readonly gateway: string
  /** Passwords the platform told at its first start, by username. */
  readonly passwords: ReadonlyMap<string, string>
  readonly folder: string
  tell(title: string, ...details: string[]): void
}

const POLICE = '6300003007'
const CIVIL_AFFAIRS = '6300003010'
const AUDIT = '6300003023'
const OPERATOR = '6300003047'
const RESOURCE_KEY = `${POLICE}.resident_person`
const PURPOSE = '最低生活保障金的给付'

const staff = async (stage: Stage) => {
  const { origin, passwords } = stage
  const administrator = async (username: string): Promise<Officer> => {
    const officer = new Officer(username, origin)
    await officer.signIn({ username, password: passwords.get(username) ?? '' })
    return officer
  }
  const [sysadmin, secadmin] = [await administrator('sysadmin'), await administrator('secadmin')]
  const office = { sysadmin, secadmin, origin }
  const post = (username: string, name: string, organ_id: string, role: Parameters<typeof appoint>[1]['role']) =>
    appoint(office, { username, name, organ_id, role })
  const people = {
    cataloger: await post('ga.bianmu', '马编目', POLICE, 'cataloger'),
    reviewer: await post('ga.shenhe', '李审核', POLICE, 'dept_reviewer'),
    provider: await post('ga.tigong', '韩提供', POLICE, 'provider'),
    publisher: await post('dzzw.mulu', '王发布', OPERATOR, 'catalog_admin'),
    consumer: await post('mz.shiyong', '卓玛', CIVIL_AFFAIRS, 'consumer'),
    auditor: await post('sj.auditor', '祁审计', AUDIT, 'auditor'),
  }
  stage.tell(
    '三员开户、授权（首次登录改口令、绑定动态码）',
    '公安编目/审核/提供 · 电子政务办发布 · 民政使用 · 审计厅审计',
  )
  return people
}

type Staff = Awaited<ReturnType<typeof staff>>

const draft = () => {
  const found = [...demoResources()].find((resource) => resource.key === RESOURCE_KEY)
  assert.ok(found)
  const { key: _, compiled_on: __, ...content } = found
  return content
}

const compile = async (stage: Stage, { cataloger, reviewer, publisher }: Staff) => {
  const content = draft()
  const incomplete = await cataloger.call(catalog.createResource, { body: { ...content, summary: null } })
  const params = { id: incomplete.resource_id }
  const findings = await cataloger.call(catalog.checkResource, { params })
  assert.ok(
    findings.some(({ field, level }) => field === 'summary' && level === 'error'),
    '缺摘要应被指出',
  )
  assert.equal(await cataloger.refusedBy(catalog.submitResource, { params }), 'invalid')
  stage.tell(
    '编制：缺摘要的草稿被逐项指出、不能提交',
    ...findings.map((one) => `${one.rule} ${one.field} ${one.message}`),
  )
  await cataloger.call(catalog.saveResource, { params, body: { revision: incomplete.revision, draft: content } })
  await cataloger.call(catalog.submitResource, { params })
  assert.equal(await cataloger.refusedBy(catalog.approveResource, { params, body: {} }), 'forbidden')
  await reviewer.call(catalog.approveResource, { params, body: { opinion: '内容属实' } })
  const published = await publisher.call(catalog.publishResource, { params, body: {} })
  assert.match(published.code ?? '', /^363007\/\d{6}$/)
  stage.tell(
    '部门审核、平台审核、赋码发布',
    `${published.name} ${published.code} · ${published.content.items.length} 个信息项`,
  )
  return published
}

type Published = Awaited<ReturnType<typeof compile>>

const find = async (stage: Stage, { consumer }: Staff, published: Published): Promise<void> => {
  const { rows } = await consumer.call(catalog.search, { query: { q: '常住人口' } })
  assert.equal(rows[0]?.resource_id, published.resource_id)
  stage.tell('民政厅检索“常住人口”', `${rows[0].code} ${rows[0].name}`)
}

const attach = async (
  stage: Stage,
  { provider }: Staff,
  { resource_id, origin }: { resource_id: string; origin: string },
) => {
  const [offer] = makeOffers(makePeople(0)).filter((one) => one.resource_key === RESOURCE_KEY)
  assert.ok(offer)
  await provider.call(gateway.attachService, { body: draftOf(offer, origin, resource_id) })
  stage.tell(
    '公安厅挂接自己的人口查询服务',
    `${origin}${offer.path}/{citizen_id}，返回字段 GMSFHM、XM … 与信息项逐一对应`,
  )
}

const register = async ({ consumer }: Staff) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const public_key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const { client_id } = await consumer.call(identity.registerClient, { body: { name: '社会救助综合管理系统' } })
  const { keys } = await consumer.call(identity.addClientKey, { params: { id: client_id }, body: { public_key } })
  return { client_id, key_id: keys[0]?.key_id ?? '', privateKey, rid: '', secret: '' }
}

type Client = Awaited<ReturnType<typeof register>>

const WANTED = ['citizen_id', 'person_name', 'sex', 'birth_on', 'registered_address', 'mobile']

const request = async (
  stage: Stage,
  { consumer, provider }: Staff,
  order: { published: Published; client_id: string },
) => {
  const items = order.published.content.items.filter((item) => WANTED.includes(item.name_en))
  const [day] = new Date().toISOString().split('T')
  const body = {
    resource_id: order.published.resource_id,
    item_ids: items.map((item) => item.item_id),
    purpose_code: 'administrative_basis' as const,
    purpose_ref: serviceItems.find((item) => item.name === PURPOSE)?.code ?? '',
    scenario: '低保申请受理时核对申请家庭成员的身份与户籍',
    client_id: order.client_id,
    quota: { count: 100, period: 'day' as const },
    starts_on: day,
    ends_on: `${Number(day?.slice(0, 4)) + 1}-06-30`,
    is_security_committed: true,
  }
  const made = await consumer.call(sharing.createRequest, { body })
  const asked = await consumer.call(sharing.submitRequest, { params: { id: made.request_id } })
  assert.equal(asked.state, 'submitted')
  stage.tell(
    `民政厅申请 ${items.length} 个信息项，用途 ${PURPOSE}`,
    `${asked.request_no} 应于 ${asked.clock?.due_on} 前答复（${asked.clock?.clause}）`,
  )
  const mobile = items.find((item) => item.name_en === 'mobile')?.item_id
  const decided = await provider.call(sharing.decideRequest, {
    params: { id: made.request_id },
    body: {
      items: items.map(({ item_id }) => ({
        item_id,
        outcome: item_id === mobile ? ('refused' as const) : ('granted' as const),
      })),
      reason_code: 'excessive_scope',
      reason_text: '核对身份与户籍不需要手机号码',
      opinion: '同意，按件查询',
    },
  })
  assert.equal(decided.state, 'partly_granted')
  const { rows } = await consumer.call(sharing.listGrants, { query: { side: 'consumer' } })
  assert.equal(rows.length, 1)
  stage.tell('公安厅答复：部分同意，手机号码不予（附理由）', `授权 ${rows[0]?.grant_id} 第 ${rows[0]?.version} 版`)
  return { grant_id: rows[0]?.grant_id ?? '', purpose: { code: body.purpose_code, ref: body.purpose_ref } }
}

type Granted = Awaited<ReturnType<typeof request>>

const call = async (
  stage: Stage,
  { client, published, granted }: { client: Client; published: Published; granted: Granted },
  person: Person,
) => {
  const caller = new GatewayClient(stage.gateway, client)
  assert.equal((await caller.signIn()).status, 201)
  const order: CallOrder = {
    resource: { resource_id: published.resource_id, code: published.code } as CallOrder['resource'],
    query: `?citizen_id=${person.citizen_id}`,
    purpose: granted.purpose,
    case_no: 'DB-2017-0001',
    officer: '卓玛',
  }
  const { status, answer, text, headers } = await caller.call(order)
  assert.equal(status, 200, text)
  const [row] = answer?.rows ?? []
  assert.deepEqual(Object.keys(row ?? {}).sort(), WANTED.filter((item) => item !== 'mobile').sort())
  assert.ok(row && !Object.values(row).includes(person.citizen_id) && row.person_name !== person.person_name)
  assert.equal(row.sex, person.sex)
  stage.tell('应用系统在网关签到，逐次签名调用：未授权的项已裁去，敏感项已脱敏', JSON.stringify(row))
  const wrong = await caller.call({ ...order, purpose: { code: 'work_reference', ref: granted.purpose.ref } })
  assert.equal(wrong.problem?.code, 'purpose_mismatch')
  stage.tell('换一个用途再调：拒绝', `${wrong.status} ${wrong.problem?.title}（责任方：${wrong.problem?.party}）`)
  return { caller, order, receipt: headers.get('sanjiang-receipt') ?? '', leaf: headers.get('sanjiang-leaf') ?? '' }
}

type Calling = Awaited<ReturnType<typeof call>>

const revoke = async (
  stage: Stage,
  { provider }: Staff,
  { grant_id, calling }: { grant_id: string; calling: Calling },
) => {
  await provider.call(sharing.revokeGrant, { params: { id: grant_id }, body: { reason: '演示收回' } })
  const { status, problem } = await calling.caller.call(calling.order)
  assert.equal(problem?.code, 'grant_revoked', `收回后应被拒绝，实为 ${status}`)
  stage.tell('公安厅收回授权，下一次调用即被拒绝', `${status} ${problem.title}`)
}

const look = async (stage: Stage, { auditor }: Staff, person: Person): Promise<void> => {
  const body = { citizen_id: person.citizen_id, reason: '本人申请查询' }
  const { rows } = await auditor.call(ledger.querySubject, { body })
  const answered = rows.find((row) => row.outcome === 'answered')
  assert.equal(answered?.case_no, 'DB-2017-0001')
  stage.tell(
    '谁查了我',
    `${answered.at} ${answered.consumer_name} ${answered.client_name} 经办 ${answered.officer} 案号 ${answered.case_no}`,
  )
}

const PROOF_WAIT_MS = 10_000

/** A checkpoint covers the entry within a second or two; until then the proof does not exist. */
const prove = async (stage: Stage, { auditor }: Staff, { receipt, leaf }: Calling): Promise<void> => {
  const [log_id = '', seq = ''] = receipt.split('/')
  const params = { log_id, seq: Number(seq) }
  for (const end = Date.now() + PROOF_WAIT_MS; ; await pause(200)) {
    const proof = await auditor.call(ledger.getInclusionProof, { params }).catch((error: Error) => error)
    if (!(proof instanceof Error)) {
      stage.tell('包含证明', `存证 ${receipt}（${leaf.slice(0, 16)}…）已入第 ${proof.checkpoint.no} 号检查点`)
      return
    }
    if (Date.now() > end) throw proof
  }
}

const CLI = fileURLToPath(new URL('../cli/src/main.ts', import.meta.url))

const sanjiang = async (...args: string[]): Promise<{ code: number; text: string }> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args])
    return { code: 0, text: stdout }
  } catch (error) {
    const { code, stdout = '' } = error as { code: number; stdout?: string }
    return { code, text: stdout }
  }
}

/** Everything after the export happens without the platform: only the file and the pinned keys. */
const verify = async (stage: Stage, { auditor }: Staff, order: Pick<CallOrder, 'case_no'>): Promise<void> => {
  const [file, trust, forged] = ['export.ndjson', 'trust.json', 'forged.ndjson'].map((name) => join(stage.folder, name))
  assert.ok(file && trust && forged)
  await writeFile(trust, JSON.stringify(await auditor.call(ledger.getTrust, {})))
  const text = await auditor.call(ledger.exportPeriod, { query: {} })
  await writeFile(file, text)
  const good = await sanjiang('verify', file, '--trust', trust)
  assert.equal(good.code, 0, good.text)
  stage.tell('导出账本，离线核验', ...good.text.trim().split('\n').slice(0, 4))
  await writeFile(forged, (await readFile(file, 'utf8')).replace(order.case_no ?? '', 'DB-2017-9999'))
  const bad = await sanjiang('verify', forged, '--trust', trust)
  assert.equal(bad.code, 1, '篡改过的导出文件应被发现')
  stage.tell('把案号改一个数再核验：指出篡改之处', ...bad.text.trim().split('\n').slice(0, 4))
}

/** The main job, once through, between real processes; throws at the first thing that is not as it should be. */
export const runJourney = async (stage: Stage): Promise<void> => {
  const people = makePeople(400)
  const [person] = [people.at(100)]
  const serving = await serveOffers(makeOffers(people), 0)
  try {
    const all = await staff(stage)
    const published = await compile(stage, all)
    await find(stage, all, published)
    await attach(stage, all, { resource_id: published.resource_id, origin: `http://127.0.0.1:${serving.port}` })
    const client = await register(all)
    const granted = await request(stage, all, { published, client_id: client.client_id })
    const calling = await call(stage, { client, published, granted }, person)
    await revoke(stage, all, { grant_id: granted.grant_id, calling })
    await look(stage, all, person)
    await prove(stage, all, calling)
    await verify(stage, all, calling.order)
  } finally {
    await serving.close()
  }
}
