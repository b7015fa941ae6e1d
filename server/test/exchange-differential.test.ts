// One grant, seen through every transport: the same rows, the same items, the same bytes. Grants are random, with a seed that is printed.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import { MASK_RULES, type RowCondition } from '@sanjiang/contract/sharing'
import { canonicalField, type DataType, isRefusal } from '@sanjiang/seal'
import { Pair } from './exchange-pair.ts'
import { GatewayClient } from './gateway-client.ts'
import { GatewayGround, type TestClientRow, type TestResource } from './gateway-ground.ts'
import { publish } from './sharing-ground.ts'

const SEED = Number(process.env.SEED ?? 20171211)
const GRANTS = 22
const ROWS = 60

/** mulberry32: small, and the same everywhere. */
const randomOf = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
const next = randomOf(SEED)
const below = (n: number): number => Math.floor(next() * n)
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T

interface Spec {
  readonly item: string
  readonly type: DataType
  readonly column: string
  readonly sql: string
  readonly length: number
  /** Values as the source has them; NULL comes by itself. */
  readonly values: readonly unknown[]
}

const LONG = '长文本 long text，含"引号"、\t制表、\n换行与\\反斜杠。'.repeat(60)
const SPECS: readonly Spec[] = [
  { item: 'no', type: 'C', column: 'bh', sql: 'varchar(40) primary key', length: 40, values: [] },
  {
    ...{ item: 'name', type: 'C', column: 'xm', sql: 'varchar(60)', length: 60 },
    values: [
      '扎西卓玛',
      '马玉兰',
      '',
      'བཀྲ་ཤིས',
      '买买提·艾合买提',
      '=1+1',
      "'引",
      '𠮷野家',
      ' 前后空格 ',
      'NULL',
      '\\N',
      'a,b;"c"',
    ],
  },
  {
    ...{ item: 'citizen_no', type: 'C', column: 'sfzh', sql: 'char(18)', length: 18 },
    values: ['63010319900101001X', '632801198512120037', '1234', '+8613900001234'],
  },
  {
    item: 'born',
    type: 'D',
    column: 'csrq',
    sql: 'date',
    length: 10,
    values: ['1990-01-01', '2017-12-11', '0099-03-01', '9999-12-31'],
  },
  {
    ...{ item: 'written_at', type: 'T', column: 'gxsj', sql: 'timestamp', length: 26 },
    values: ['2017-11-30 08:00:00', '2017-11-30 08:00:00.5', '1986-05-04 00:30:00.123456', '2017-12-11 23:59:59'],
  },
  {
    ...{ item: 'pay', type: 'N', column: 'je', sql: 'numeric', length: 60 },
    values: [
      '12.500',
      '0',
      '-0.5',
      '1234567890123456789.125',
      '0.000000000000000000001',
      '100',
      '99999999999999999999',
    ],
  },
  {
    item: 'count',
    type: 'I',
    column: 'sl',
    sql: 'bigint',
    length: 20,
    values: ['0', '-7', '42', '9007199254740993', '1000000'],
  },
  {
    item: 'ratio',
    type: 'B',
    column: 'bl',
    sql: 'double precision',
    length: 60,
    values: ['0.1', '1e-7', '1e21', '-2.5', '1e23', '3'],
  },
  { item: 'ok', type: 'L', column: 'sf', sql: 'boolean', length: 1, values: ['true', 'false'] },
  {
    item: 'memo',
    type: 'M',
    column: 'bz',
    sql: 'text',
    length: 5000,
    values: [LONG, '', '短', '第一行\r\n第二行', '\u0001控制', '\u2028分隔'],
  },
]
const specOf = (item: string): Spec => SPECS.find((one) => one.item === item) as Spec

interface Terms {
  readonly items: readonly string[]
  readonly mask: Readonly<Record<string, string>>
  readonly row_conditions: readonly RowCondition[]
}

/** What a condition compares: canonical text, or a number where bounds are numbers. */
const canonical = ({ type }: Spec, value: unknown): string => {
  const text = canonicalField(type, value)
  if (isRefusal(text) || text === null) throw new Error(`${type} ${value}`)
  return text
}

const conditionOn = (spec: Spec): RowCondition => {
  const texts = spec.values.map((value) => canonical(spec, value)).filter((text) => text !== '' && text.length <= 100)
  const known = texts.length > 0 ? texts : ['r1']
  const isNumber = ['N', 'I', 'B'].includes(spec.type)
  const op = pick(['eq', 'in', 'prefix', 'range'] as const)
  if (op === 'eq') return { item: spec.item, op, values: [pick(known)] }
  if (op === 'in') return { item: spec.item, op, values: [pick(known), pick(known)] }
  if (op === 'prefix') return { item: spec.item, op, values: [[...pick(known)].slice(0, 1 + below(3)).join('')] }
  if (isNumber) return { item: spec.item, op, values: [-10 + below(10), below(1000)] }
  const [low, high] = [pick(known), pick(known)].sort()
  return { item: spec.item, op, values: [low as string, high as string] }
}

const randomTerms = (): Terms => {
  const items = SPECS.map(({ item }) => item).filter(() => next() < 0.6)
  if (items.length === 0) items.push('name')
  const mask = Object.fromEntries(items.map((item) => [item, next() < 0.5 ? 'none' : pick(MASK_RULES.codes)]))
  const row_conditions = Array.from({ length: below(3) }, () => conditionOn(pick(SPECS.slice(1))))
  return { items, mask, row_conditions }
}

/** One grant as three departments' applications have it. */
interface Case {
  readonly terms: Terms
  readonly client: TestClientRow
  readonly name: string
  readonly file_format: 'csv' | 'jsonl'
}

let pair: Pair
let ground: GatewayGround
let gateway: string
let resource: TestResource
const cases: Case[] = []

/** Values of one row as text, in the items' order; nothing else of the row. */
type Lines = readonly string[]
const sorted = (rows: readonly (readonly (string | null)[])[]): Lines => rows.map((row) => JSON.stringify(row)).sort()

/** What stands in a place that is not masked is of its type; what is masked is text. */
const shown = (terms: Terms, item: string, value: unknown): string | null => {
  if (value === null || value === undefined) return null
  if (terms.mask[item] !== 'none') {
    assert.equal(typeof value, 'string', `${item} is masked and yet ${typeof value}`)
    return value as string
  }
  return canonical(specOf(item), value)
}

/** Numbers stay as they are written: JavaScript's own would round what the test is about. */
const parseExactly = (text: string): unknown =>
  JSON.parse(text, ((_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === 'number' ? { number: source } : value) as never)
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as { number: string }).number : value

const byCall = async ({ terms, client }: Case): Promise<Lines> => {
  const caller = new GatewayClient(gateway, client)
  await caller.signIn()
  const { status, text } = await caller.call({ resource })
  assert.equal(status, 200, text)
  const { rows } = parseExactly(text) as { rows: Record<string, unknown>[] }
  for (const row of rows) assert.deepEqual(Object.keys(row).toSorted(), [...terms.items].toSorted())
  return sorted(rows.map((row) => terms.items.map((item) => shown(terms, item, plain(row[item])))))
}

const byTable = async ({ terms, name }: Case): Promise<Lines> => {
  const { rows, fields } = await pair.target.db.query(`select * from gongxiang.${name}`)
  const found = fields.map((field) => field.name).filter((one) => one !== 'row_handle')
  assert.deepEqual(found.toSorted(), [...terms.items].toSorted())
  const list = found.map((one) => `${one}::text`).join(', ')
  const texts = await pair.target.db.query({ text: `select ${list} from gongxiang.${name}`, rowMode: 'array' })
  assert.equal(texts.rows.length, rows.length)
  return sorted(
    texts.rows.map((row: (string | null)[]) => terms.items.map((item) => shown(terms, item, row[found.indexOf(item)]))),
  )
}

const snapshotFile = async (name: string, ending: string): Promise<string> => {
  const folder = join(pair.target.folder, 'gongxiang', name)
  const file = (await readdir(folder)).find((one) => one.endsWith(ending) && one.includes('snapshot'))
  assert.ok(file, `no snapshot in ${folder}`)
  return readFile(join(folder, file), 'utf8')
}

const byJsonLines = async ({ terms, name }: Case): Promise<Lines> => {
  const text = await snapshotFile(name, '.jsonl')
  const rows = text
    .split('\n')
    .slice(0, -1)
    .map((line) => parseExactly(line) as Record<string, unknown>)
  return sorted(rows.map((row) => terms.items.map((item) => shown(terms, item, plain(row[item])))))
}

/** Fields of a CSV file; NULL is nothing, empty text is quoted. */
const parseCsv = (text: string): (string | null)[][] => {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  for (let at = 0; at < text.length; ) {
    let field: string | null = null
    if (text[at] === '"') {
      field = ''
      for (at++; !(text[at] === '"' && text[at + 1] !== '"'); at++) {
        if (text[at] === '"') at++
        field += text[at]
      }
      at++
    } else {
      const end = /[,\r\n]/g
      end.lastIndex = at
      const stop = end.exec(text)?.index ?? text.length
      field = stop === at ? null : text.slice(at, stop)
      at = stop
    }
    row.push(field)
    if (text[at] === ',') at++
    else {
      at += text[at] === '\r' ? 2 : 1
      rows.push(row)
      row = []
    }
  }
  return rows
}

const RISKY = /^'(?=[=+\-@\t\r'\uff1d\uff0b\uff0d\uff20])/

const byCsv = async ({ terms, name }: Case): Promise<Lines> => {
  const text = (await snapshotFile(name, '.csv')).replace(/^\ufeff/, '')
  const [heads, ...rows] = parseCsv(text) as [string[], ...(string | null)[][]]
  const isText = (item: string): boolean => terms.mask[item] !== 'none' || ['C', 'M'].includes(specOf(item).type)
  return sorted(
    rows.map((row) =>
      terms.items.map((item) => {
        const value = row[heads.indexOf(item)] ?? null
        // The apostrophe that keeps a spreadsheet from running it is taken off by who reads the file back.
        return shown(terms, item, isText(item) ? (value?.replace(RISKY, '') ?? null) : value)
      }),
    ),
  )
}

const rowValues = (n: number): unknown[] =>
  SPECS.map(({ values, item }) => (item === 'no' ? `r${n}` : next() < 0.15 ? null : pick(values)))

/** Rows that one transport shows and the table does not, and the other way round; a few of each. */
const differenceOf = (what: string, found: Lines, table: Lines): string[] => {
  const [here, there] = [new Set(found), new Set(table)]
  const surplus = found.filter((line) => !there.has(line))
  const missing = table.filter((line) => !here.has(line))
  if (surplus.length + missing.length === 0 && found.length === table.length) return []
  const cut = (lines: readonly string[]): string =>
    lines
      .slice(0, 2)
      .map((line) => line.slice(0, 200))
      .join(' ')
  return [`${what}: ${found.length} rows, the table ${table.length}; more ${cut(surplus)}; less ${cut(missing)}`]
}

/** The department's own service: numbers as PostgreSQL writes them in JSON, dates and times as the catalogue has them. */
const SERVICE_SQL = `select json_agg(json_build_object(${SPECS.map(({ item, type, column }) => {
  const value = type === 'D' || type === 'T' ? `${column}::text` : type === 'C' ? `rtrim(${column}, '')` : column
  return `'${item}', ${item === 'citizen_no' ? `rtrim(${column})` : value}`
}).join(', ')}))::text as body from czrk.cy`

before(async () => {
  console.log(`SEED=${SEED}`)
  pair = await Pair.open({
    read: 'read czrk.cy = *',
    source: `create schema czrk; create table czrk.cy (${SPECS.map(({ column, sql }) => `${column} ${sql}`).join(', ')})`,
  })
  for (let n = 0; n < ROWS; n++)
    await pair.source.db.query(
      `insert into czrk.cy values (${SPECS.map((_, at) => `$${at + 1}`).join(', ')})`,
      rowValues(n),
    )
  const published = await publish(pair.world, {
    items: SPECS.map(({ item, type, length }) => ({
      ...{ name: item, name_en: item, data_type: type, length, share_type: 'unconditional' as const },
    })),
  })
  ground = await GatewayGround.open(pair.world.url)
  resource = {
    ...published,
    items: SPECS.map(({ item }) => ({ item_id: published.item[item]!, name: item, name_en: item })),
  }
  const provider = await ground.provider((_, response) => {
    void pair.source.db.query(SERVICE_SQL).then(({ rows }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(`{"rows":${rows[0].body}}`)
    })
  })
  await ground.attach(resource, { url: `${provider.origin}/rows`, max_bytes: 4_194_304 })
  const bindings = SPECS.map(({ item, column }) => ({ item, column }))
  await pair.attach(published, { relation: 'czrk.cy', bindings, key: ['no'], reject_threshold: 100 })
  for (let n = 0; n < GRANTS; n++) await open(`g${n}`, randomTerms())
  gateway = (await ground.gateway({ dataDir: pair.world.dataDir })).address
})
after(async () => {
  await ground?.close()
  await pair?.close()
})

/** The same terms for calls, a table, and files of one format and the other in turn. */
const open = async (name: string, terms: Terms): Promise<void> => {
  const client = await ground.client()
  const order = { resource, client, ...terms }
  await ground.grant(order)
  const deliver = async (target_kind: 'table' | 'file', more: object): Promise<void> => {
    const grant_id = await ground.grant({ ...order, access_mode: target_kind })
    await pair.civil.call(exchange.subscribe, {
      body: { grant_id, target_kind, agent_id: pair.target.agentId, may_create: true, ...more } as never,
    })
  }
  await deliver('table', { connection: 'own', target: `gongxiang.${name}` })
  const file_format = cases.length % 2 === 0 ? 'csv' : 'jsonl'
  await deliver('file', { connection: 'folder', target: `gongxiang/${name}`, file_format })
  cases.push({ terms, client, name, file_format })
}

test(`${GRANTS} random grants show byte-identical data through calls, tables and files (T8.1, C1)`, {
  timeout: 600_000,
}, async () => {
  await pair.until('every transfer at the end of the log', async () => {
    const [left] = await pair.world.sql<{ left: number }>(
      `select count(*)::int as left from exchange.subscription s join exchange.feed f using (feed_id)
       where s.base_run_id is null or s.next_seq < (select last_seq from exchange.run where run_id = s.base_run_id) + 1`,
    )
    return left?.left === 0
  })
  let some = 0
  const differences: string[] = []
  for (const one of cases) {
    const table = await byTable(one)
    differences.push(...differenceOf(`call, ${one.name}`, await byCall(one), table))
    const file = await (one.file_format === 'csv' ? byCsv(one) : byJsonLines(one))
    differences.push(...differenceOf(`${one.file_format}, ${one.name}`, file, table))
    if (differences.at(-1)?.includes(`, ${one.name}:`)) differences.push(JSON.stringify(one.terms))
    if (table.length > 0 && table.length < ROWS) some++
  }
  assert.deepEqual(differences.slice(0, 20), [], `SEED=${SEED}`)
  assert.ok(some > 2, 'conditions that let some rows through and not others')
})
