import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type XmlEvent, xmlEvents } from '@sanjiang/tabular/xml'
import ExcelJS from 'exceljs'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { Parser } from 'n3'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { makeLog } from '#kernel/log.ts'
import { until } from '#test/platform.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { EVERY_COLUMN, everyRow } from '#test/public-rows.ts'
import { removeEditions } from '../edition/carry.service.ts'
import { buildFiles } from '../index.ts'
import { insertFile, Withdrawn } from './file.store.ts'

const ORIGIN = 'http://data.test'
let ground: PublicGround
let all: string

const build = () =>
  buildFiles({
    log: makeLog('test', 'silent'),
    site: {
      ...{ demo: true, dataDir: '', gatewayOrigin: '', exchangeUrl: '' },
      publishDatabaseUrl: ground.publishUrl,
      publicUrl: ORIGIN,
    },
  })

before(async () => {
  ground = await openPublicAlone()
  all = await layDataset(ground, { slug: 'all-1', columns: EVERY_COLUMN, rows: everyRow() })
  await build()
})
after(() => ground?.close())

const bytesOf = async (id: string, format: string): Promise<Buffer> => {
  const parts = await ground.sql<{ body: Buffer }>(
    'select body from site.file_part where dataset_id = $1 and format = $2 order by part_no',
    [id, format],
  )
  return Buffer.concat(parts.map(({ body }) => body))
}
const textOf = async (format: string, id = all): Promise<string> => (await bytesOf(id, format)).toString()

/** Every cell as PostgreSQL spells it. */
const cells = (): Promise<Record<string, string | null>[]> =>
  ground.sql(
    `select _id::text as id, ${EVERY_COLUMN.map(({ name, data_type }) => (data_type === 'T' ? `replace("${name}"::text, ' ', 'T') || '+08:00' as "${name}"` : `"${name}"::text`)).join(', ')} from data.d_all_1_1 order by _id`,
  )

/** Rows that are in one table and not in the other, after `load` has filled a second one. */
const differences = async (load: (client: pg.Client) => Promise<unknown>): Promise<number> => {
  const client = new pg.Client({ connectionString: ground.publishUrl })
  await client.connect()
  try {
    await client.query('create temp table again (like data.d_all_1_1)')
    await client.query('alter table again drop column _id')
    await load(client)
    const names = EVERY_COLUMN.map(({ name }) => `"${name}"`).join(', ')
    const side = (one: string, other: string) =>
      `(select ${names} from ${one} except all select ${names} from ${other})`
    const { rows } = await client.query(
      `select count(*)::integer as count from (${side('again', 'data.d_all_1_1')} union all ${side('data.d_all_1_1', 'again')}) d`,
    )
    return rows[0].count
  } finally {
    await client.end()
  }
}

test('a CSV gives back every cell, empty apart from absent, and is what COPY writes (T4.2)', async () => {
  const csv = await bytesOf(all, 'csv')
  const load = (client: pg.Client) =>
    pipeline(Readable.from([csv]), client.query(copyFrom('copy again from stdin with (format csv, header match)')))
  assert.equal(await differences(load), 0)
  const [file] = await ground.sql<Record<string, string>>(`select * from site.file where format = 'csv'`)
  assert.equal(file!.sha256, createHash('sha256').update(csv).digest('hex'))
  assert.equal(file!.bom_sha256, createHash('sha256').update('\ufeff').update(csv).digest('hex'))
  assert.deepEqual([Number(file!.bytes), Number(file!.formula_cells)], [csv.length, 4])
})

test('JSON and JSON lines give back every cell, with every digit of a number (T4.2)', async () => {
  const load = (text: string) => (client: pg.Client) =>
    client.query(
      `insert into again select ${EVERY_COLUMN.map(({ name }) => `"${name}"`)} from json_populate_recordset(null::data.d_all_1_1, $1::json)`,
      [text],
    )
  const json = await textOf('json')
  const lines = await textOf('jsonl')
  assert.equal(await differences(load(json)), 0)
  assert.equal(await differences(load(`[${lines.trimEnd().split('\n').join(',')}]`)), 0)
  assert.equal(JSON.parse(json).length, everyRow().length)
})

test('XML gives back every cell; what no XML can hold is packed, not lost (T4.2)', async () => {
  const rows: Record<string, string>[] = []
  let [path, packed]: [string[], boolean] = [[], false]
  const events: XmlEvent[] = []
  for await (const some of xmlEvents(Readable.from([await textOf('xml')]))) events.push(...some)
  for (const event of events) {
    if (event.kind === 'open') {
      path.push(event.name)
      packed = event.tag.includes('encoding="base64"')
      if (event.name === 'row') rows.push({ id: /id="(\d+)"/.exec(event.tag)![1]! })
      else if (path.at(-2) === 'row') rows.at(-1)![event.name] = ''
    } else if (event.kind === 'close') path = path.slice(0, -1)
    else if (path.at(-2) === 'row')
      rows.at(-1)![path.at(-1)!] += packed ? Buffer.from(event.text, 'base64').toString() : event.text
  }
  const present = (await cells()).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
  )
  assert.deepEqual(rows, present)
})

test('Turtle names every row by its key and says every cell as a typed statement (T4.2)', async () => {
  const quads = new Parser().parse(await textOf('ttl'))
  const base = `${ORIGIN}/datasets/all-1`
  const stated = new Map<string, string>()
  for (const { subject, predicate, object } of quads) stated.set(`${subject.value} ${predicate.value}`, object.value)
  for (const row of await cells())
    for (const { name } of EVERY_COLUMN) {
      const subject = `${base}#row-${encodeURIComponent(row.code!)}`
      assert.equal(stated.get(`${subject} ${base}#column-${name}`) ?? null, row[name], `${row.code} ${name}`)
    }
  const types = new Set(
    quads
      .filter(({ predicate }) => predicate.value === `${base}#column-amount`)
      .map(({ object }) => (object as { datatype?: { value: string } }).datatype?.value),
  )
  assert.deepEqual([...types], ['http://www.w3.org/2001/XMLSchema#decimal'])
})

test('GeoJSON has a feature per row with its shape or its point, labelled CGCS2000 (T4.2)', async () => {
  const { type, crs, features } = JSON.parse(await textOf('geojson'))
  assert.deepEqual([type, crs.properties.name], ['FeatureCollection', 'urn:ogc:def:crs:EPSG::4490'])
  const geometries = features.map(({ geometry }: { geometry: { type: string } | null }) => geometry?.type ?? null)
  assert.deepEqual(geometries, [
    ...everyRow()
      .slice(0, -2)
      .map(() => 'Point'),
    null,
    'LineString',
  ])
  assert.deepEqual(features[2].geometry.coordinates, [101.25, 36.625])
  const lines = (await textOf('jsonl'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const [index, { id, properties }] of features.entries()) {
    const { shape: _, ...rest } = lines[index]
    assert.deepEqual([id, properties], [index + 1, rest])
  }
})

const unescaped = (text: string): string =>
  text.replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

test('a workbook gives back every cell; a text that looks like a formula is a text (T4.2)', async () => {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load((await bytesOf(all, 'xlsx')) as never)
  const sheet = book.getWorksheet('数据')!
  const rows = await cells()
  assert.equal(sheet.actualRowCount, rows.length + 1)
  assert.equal(sheet.getCell('C1').value, '金额（万元）')
  for (const [index, row] of rows.entries())
    for (const [at, { name, data_type }] of EVERY_COLUMN.entries()) {
      const { value, type } = sheet.getCell(index + 2, at + 1)
      const wanted = data_type === 'T' ? (row[name]?.replace('T', ' ').replace('+08:00', '') ?? null) : row[name]
      assert.notEqual(type, ExcelJS.ValueType.Formula)
      if (wanted === null) assert.equal(value, null)
      else if (typeof value === 'number') assert.equal(value, Number(wanted))
      // ExcelJS leaves the way control characters are written as it is; Excel does not.
      else assert.equal(unescaped(String(value ?? '')), wanted!, `${row.code} ${name} ${data_type}`)
    }
  assert.equal(book.getWorksheet('说明')!.getCell('B6').value, `${ORIGIN}/datasets/all-1`)
})

test('Parquet gives back every cell with its type, and shapes as GeoParquet (T4.2)', async () => {
  const bytes = await bytesOf(all, 'parquet')
  const file = new Uint8Array(bytes).buffer
  const read = (await parquetReadObjects({ file })) as Record<string, unknown>[]
  const spelled = (value: unknown, wanted: string): string => {
    if (value instanceof Date) return value.toISOString().slice(0, wanted.length).replace(/Z$/, '')
    return value === null || typeof value !== 'object' ? String(value) : JSON.stringify(value)
  }
  for (const [index, row] of (await cells()).entries())
    for (const { name, data_type } of EVERY_COLUMN) {
      const [value, wanted] = [read[index]![name] ?? null, row[name]]
      const label = `${row.code} ${name}`
      if (wanted === null || value === null) assert.equal(value, wanted, label)
      else if (typeof value === 'number') assert.equal(value, Number(wanted), label)
      else if (name === 'shape') assert.deepEqual(value, JSON.parse(wanted!), label)
      else if (data_type === 'T') assert.equal(spelled(value, wanted!).slice(0, 19), wanted!.slice(0, 19), label)
      else assert.equal(spelled(value, wanted!), wanted, label)
    }
  const { schema, key_value_metadata } = parquetMetadata(file)
  const exact = schema.find(({ name }) => name === 'exact')!
  assert.deepEqual([exact.converted_type, exact.precision, exact.scale], ['DECIMAL', 22, 2])
  assert.match(key_value_metadata!.find(({ key }) => key === 'geo')!.value!, /"primary_column":"shape".*"code":4490/)
})

test('text formats stand there packed as well, the same when unpacked; run again, nothing changes (T4.2)', async () => {
  for (const format of ['csv', 'json', 'jsonl', 'xml', 'ttl', 'geojson'])
    assert.deepEqual(gunzipSync(await bytesOf(all, `${format}-gzip`)), await bytesOf(all, format), format)
  const before = await ground.sql('select format, sha256, made_at, xmin::text from site.file order by 1')
  assert.equal(before.length, 14)
  assert.equal(await build(), 0)
  assert.deepEqual(await ground.sql('select format, sha256, made_at, xmin::text from site.file order by 1'), before)
})

const startChild = () =>
  spawn(
    process.execPath,
    [fileURLToPath(import.meta.resolve('#test/file-builder-child.ts')), ground.publishUrl, ORIGIN],
    {
      stdio: 'inherit',
    },
  )

/** While nobody may add a file. */
const whileWaiting = async (work: () => Promise<void>): Promise<void> => {
  const lock = new pg.Client({ connectionString: ground.publishUrl })
  await lock.connect()
  try {
    await lock.query('begin')
    await lock.query('lock table site.file in share row exclusive mode')
    await work()
  } finally {
    await lock.end()
  }
}

test('killed in the middle of a file it leaves whole files only, and the next run makes the rest (T4.2)', async () => {
  const whole = () => ground.sql('select format, sha256, bytes from site.file order by 1')
  const before = await whole()
  await ground.sql(`delete from site.file where format not like 'csv%'`)
  await whileWaiting(async () => {
    const child = startChild()
    // It has laid the parts of its next file and waits for leave to name it.
    await until('the builder waits', async () => {
      const waiting = `select from pg_stat_activity where application_name = 'sanjiang-files' and wait_event_type = 'Lock'`
      return (await ground.sql(waiting)).length > 0
    })
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  await until(
    'its session ends',
    async () =>
      (await ground.sql(`select from pg_stat_activity where application_name = 'sanjiang-files'`)).length === 0,
  )
  const [left] = await ground.sql<{ formats: string[] }>(
    'select array_agg(distinct format order by format) as formats from site.file_part',
  )
  assert.deepEqual(left!.formats, ['csv', 'csv-gzip'])
  assert.equal(await build(), 7)
  assert.deepEqual(await whole(), before)
})

test('a file that is finished while its dataset is being withdrawn gives way and keeps the withdrawal from nothing (T4.2)', async () => {
  const dataset_id = await layDataset(ground, { slug: 'race-1', columns: [columnOf('text', '文字')], rows: [['甲']] })
  const [builder, office] = [0, 1].map(() => new pg.Client({ connectionString: ground.publishUrl })) as [
    pg.Client,
    pg.Client,
  ]
  await Promise.all([builder.connect(), office.connect()])
  try {
    await office.query('begin')
    const over = `state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '有误'`
    await office.query(`update site.dataset set ${over} where dataset_id = $1`, [dataset_id])
    await builder.query('begin')
    const { pid } = (await builder.query('select pg_backend_pid() as pid')).rows[0]
    const made = { bytes: 1, sha256: '0'.repeat(64), media_type: 'text/csv', bom_sha256: null, formula_cells: null }
    const laid = assert.rejects(insertFile(builder, { dataset_id, edition_no: 1, format: 'csv' }, made), Withdrawn)
    const waiting = `select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`
    await until('the builder waits', async () => (await ground.sql(waiting, [pid])).length > 0)
    await removeEditions(office, { dataset_id, slug: 'race-1' })
    await office.query('commit')
    await laid
  } finally {
    await Promise.all([builder.end(), office.end()])
  }
})

test('what a format cannot hold is left out and said; withdrawn datasets lose their files (T4.2)', async () => {
  const id = await layDataset(ground, {
    slug: 'long-1',
    columns: [columnOf('text', '文字')],
    rows: [['长'.repeat(32_768)]],
  })
  await layDataset(ground, { slug: 'none-1', columns: [columnOf('text', '文字')], rows: [] })
  await ground.sql(`update site.edition set row_count = 1048576 where table_name = 'd_none_1_1'`)
  await build()
  const omitted = await ground.sql(
    'select d.slug, o.format, o.reason from site.file_omission o join site.dataset d using (dataset_id) order by 1',
  )
  assert.deepEqual(omitted, [
    { slug: 'long-1', format: 'xlsx', reason: '有单元格超过 32767 个字符，XLSX 容不下' },
    {
      slug: 'none-1',
      format: 'xlsx',
      reason: '共 1048576 行，超过 XLSX 一张表 1,048,575 行的上限；请用 CSV 或 Parquet',
    },
  ])
  assert.equal(await textOf('csv', id), `text\n${'长'.repeat(32_768)}\n`)
  assert.equal(await build(), 0)
  await ground.sql(
    `update site.dataset set state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '有误' where dataset_id = $1`,
    [id],
  )
  await build()
  assert.deepEqual(await bytesOf(id, 'csv'), Buffer.alloc(0))
})
