// Two engines, everything real: MariaDB, PostgreSQL, an agent beside each, the door and the worker as processes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import type { FeedDetail } from '@sanjiang/contract/exchange'
import { hasMariadb } from '../../agent/src/adapters/mysql.server.ts'
import { EnginesGround } from './exchange-engines.ts'
import type { PublishedResource } from './sharing-ground.ts'

const skip = hasMariadb() ? false : 'MariaDB is not installed here (apt-get install mariadb-server)'
const LIMIT = { skip, timeout: 300_000 }

const item = (name_en: string, data_type: string, length: number) => ({
  name: name_en,
  name_en,
  data_type: data_type as 'C',
  length,
  share_type: 'unconditional' as const,
})

/** One item of every type of the catalogue (domain §1.6e). */
const ITEMS = [
  item('licence_no', 'I', 20),
  item('serial', 'N', 20),
  item('name', 'C', 40),
  item('remark', 'M', 2000),
  item('outline', 'G', 2000),
  item('capital', 'Y', 20),
  item('ratio', 'B', 30),
  item('score', 'F', 30),
  item('founded_on', 'D', 10),
  item('touched_at', 'T', 26),
  item('is_open', 'L', 1),
]
const NAMES = ITEMS.map(({ name_en }) => name_en)
const BINDINGS = NAMES.map((name) => ({ item: name, column: name }))

/** A table as old systems have it: GBK, one column in UTF-8 for what GBK has no letters for. */
const FIRMS = `create database hr character set gbk; create database sj; create database gongxiang;
  create table hr.firm (licence_no bigint unsigned primary key, serial bigint unsigned, name varchar(40) not null,
    remark text character set utf8mb4, outline longtext, capital decimal(18,2), ratio double, score float, founded_on date,
    touched_at datetime(6) not null, is_open tinyint(1), key (touched_at)) character set gbk;
  set sql_mode = '';
  insert into hr.firm values
   (1, 18446744073709551615, '三江水电', '𠮷野家🙂\\t路', 'POINT(101.7 36.6)', 1000000.50, 0.1, 1.5, '2001-02-03', '2026-01-01 08:00:00.120000', 1),
   (2, 0, '玉树虫草', '', null, -0.05, 1e20, 1e-5, '0001-01-01', '2026-01-01 08:00:00', 0),
   (3, 7, '囍堃', null, null, null, null, null, null, '2026-01-01 08:00:00.120000', null),
   (4, 7, '零日期', null, null, 1, 1, 1, '0000-00-00', '2026-01-01 08:00:00', 1),
   (9223372036854775807, 9, '最大', null, null, 0, 0, 0, '9999-12-31', '2026-01-01 07:59:59', 1)`

const LINES = [
  '1|18446744073709551615|三江水电|𠮷野家🙂\t路|POINT(101.7 36.6)|1000000.5|0.1|1.5|2001-02-03|2026-01-01 08:00:00.12|true',
  '2|0|玉树虫草||~|-0.05|1e+20|1e-05|0001-01-01|2026-01-01 08:00:00|false',
  '3|7|囍堃|~|~|~|~|~|~|2026-01-01 08:00:00.12|~',
  '9223372036854775807|9|最大|~|~|0|0|0|9999-12-31|2026-01-01 07:59:59|true',
]

let ground: EnginesGround
let firms: PublishedResource
let feed: FeedDetail
let subscription: string

const arrived = async (): Promise<string[]> => {
  const columns = NAMES.map((name) => `coalesce(${name}::text, '~')`).join(", '|', ")
  const { rows } = await ground.postgres.query(
    `select concat(${columns}) as line from gongxiang.firm order by licence_no`,
  )
  return rows.map(({ line }) => line)
}

const idsAtTarget = async (): Promise<string> => {
  const { rows } = await ground.postgres.query(
    'select licence_no::text as id, name from gongxiang.firm order by licence_no',
  )
  return rows.map(({ id, name }) => `${id} ${name}`).join(', ')
}

const atSource = async (): Promise<string> => {
  const rows = await ground.maria<{ id: string; name: string }>(
    `select licence_no as id, name from hr.firm where founded_on is null or founded_on <> 0 order by licence_no`,
  )
  return rows.map(({ id, name }) => `${id} ${name}`).join(', ')
}

const followed = (): Promise<void> =>
  ground.until('the same firms on both sides', async () => (await idsAtTarget()) === (await atSource()))

before(async () => {
  if (skip) return
  ground = await EnginesGround.open({
    mariadb: 'read hr.firm = *\nwrite = gongxiang.*',
    postgres: 'read shebao.insured = *\nwrite = gongxiang.*',
  })
  await ground.maria(FIRMS)
  await ground.postgres.query('create schema gongxiang; create schema shebao')
  await ground.enrol()
})
after(() => ground?.close())

test(
  'a GBK table of MariaDB arrives in PostgreSQL, every type of the catalogue whole; a row with a zero date is told to its department (T8.1)',
  LIMIT,
  async () => {
    firms = await ground.publish('commerce', '企业登记信息', { items: ITEMS })
    const draft = { relation: 'hr.firm', bindings: BINDINGS, key: ['licence_no'], cursor_item: 'touched_at' }
    feed = await ground.attach(ground.commerce, firms, { ...draft, mode: 'cursor', interval_seconds: 1 })
    subscription = await ground.subscribe(ground.tax, firms, 'gongxiang.firm')
    await ground.until('the snapshot', async () => (await arrived()).length === 4)
    assert.deepEqual(await arrived(), LINES)
    const params = { id: feed.feed_id }
    const { rows } = await ground.commerce.provider.call(exchange.listRejects, { params, query: {} })
    assert.deepEqual(
      rows.map((one) => [one.item, one.rule]),
      [['founded_on', 'format']],
    )
  },
)

test(
  'new and changed rows follow by the cursor, rows of one instant included, past kill -9 of MariaDB and of both agents (T8.1)',
  LIMIT,
  async () => {
    const at = '2026-03-01 00:00:00.5'
    await ground.maria(`update hr.firm set name = '三江集团', touched_at = '${at}' where licence_no = 1;
    insert into hr.firm (licence_no, name, touched_at) values (10, '甲', '${at}')`)
    await followed()
    const kills = [() => ground.mariadb.crash(), () => ground.commerce.agent.kill(), () => ground.tax.agent.kill()]
    for (const [turn, kill] of kills.entries()) {
      const values = Array.from({ length: 50 }, (_, n) => `(${100 + turn * 50 + n}, '户${n}', '${at}')`)
      await ground.maria(`insert into hr.firm (licence_no, name, touched_at) values ${values.join(',')}`)
      await kill()
      await followed()
    }
  },
)

test(
  'a deleted row is not seen by the cursor: the next reconciliation finds it, takes it out, and proves both sides equal (C5)',
  LIMIT,
  async () => {
    await ground.reconciled(ground.tax, subscription, 'equal')
    await ground.maria(`delete from hr.firm where licence_no in (2, 100, 101);
    insert into hr.firm (licence_no, name, touched_at) values (11, '乙', '2026-03-02 00:00:00')`)
    await ground.until('the insert behind the deletes', async () => (await idsAtTarget()).includes('11 乙'))
    assert.match(await idsAtTarget(), /^1 三江集团, 2 玉树虫草, /)
    const { missing, surplus, changed } = await ground.reconciled(ground.tax, subscription, 'repaired')
    assert.deepEqual([missing, surplus, changed], [0, 3, 0])
    await followed()
  },
)

const INSURED = `create table shebao.insured (licence_no bigint primary key, serial numeric(20), name varchar(40) not null, remark text,
    outline text, capital numeric(18,2), ratio double precision, score real, founded_on date, touched_at timestamp(6), is_open boolean);
  insert into shebao.insured values
   (1, 18446744073709551615, '才仁 ''引号''', E'制表\\t反斜\\\\𠮷🙂', 'POINT(1 2)', 1000000.50, 0.1, 1.5, '2001-02-03', '2026-01-01 08:00:00.12', true),
   (2, 0, '', '', null, -0.05, 1e20, 1e-5, '0001-01-01', '0001-01-01 00:00:00', false),
   (-3, null, '空', null, null, null, null, null, null, null, null)`

const textOf = (name: string): string => `coalesce(cast(${name} as char), '~')`

const atMaria = async (): Promise<string[]> => {
  const rows = await ground.maria<{ line: string }>(
    `select concat_ws('|', ${['licence_no', 'name', 'remark', 'founded_on', 'touched_at', 'is_open'].map(textOf).join(', ')},
       serial + 0, capital + 0, ratio, score) as line from gongxiang.insured order by licence_no`,
  )
  return rows.map(({ line }) => line)
}

test(
  'a table of PostgreSQL arrives in MariaDB, every type whole, and changes, deletes and a changed key follow by its stream (T8.1)',
  LIMIT,
  async () => {
    await ground.postgres.query(INSURED)
    const insured = await ground.publish('social_security', '参保登记信息', { items: ITEMS })
    const draft = { relation: 'shebao.insured', bindings: BINDINGS, key: ['licence_no'] }
    await ground.attach(ground.tax, insured, { ...draft, mode: 'changes' })
    subscription = await ground.subscribe(ground.commerce, insured, 'gongxiang.insured')
    await ground.until('the snapshot', async () => (await atMaria()).length === 3)
    const zeros = '0'.repeat(30)
    assert.deepEqual(await atMaria(), [
      '-3|空|~|~|~|~',
      `1|才仁 '引号'|制表\t反斜\\𠮷🙂|2001-02-03|2026-01-01 08:00:00.120000|1|18446744073709551615.${zeros}|1000000.50${'0'.repeat(28)}|0.1|1.5`,
      `2|||0001-01-01|0001-01-01 00:00:00.000000|0|0.${zeros}|-0.05${'0'.repeat(28)}|1e20|0.00001`,
    ])
    await ground.postgres.query(`update shebao.insured set name = '改' where licence_no = 1;
    update shebao.insured set licence_no = 20 where licence_no = 2; delete from shebao.insured where licence_no = -3`)
    await ground.until('the changes', async () => /^1\|改.*\n20\|[^\n]*$/.test((await atMaria()).join('\n')))
  },
)

test(
  'killed in the middle of loading, MariaDB or its agent, it goes on where the last commit was, and both sides are proven equal (C2, C5)',
  LIMIT,
  async () => {
    const write = (from: number) =>
      ground.postgres.query(
        `insert into shebao.insured (licence_no, name, remark) select n, '人' || n, repeat('记', 200) from generate_series($1::int, $1 + 1999) n`,
        [from],
      )
    const counted = async (): Promise<number> =>
      Number((await ground.maria<{ n: string }>('select count(*) as n from gongxiang.insured'))[0]?.n)
    const kills = [() => ground.mariadb.crash(), async () => ground.commerce.agent.kill()]
    for (const [turn, kill] of kills.entries()) {
      await write(1_000 + turn * 10_000)
      await kill()
      await ground.until('all that was written', async () => (await counted()) === 2 + 2_000 * (turn + 1))
    }
    await ground.maria(`update gongxiang.insured set name = '错' where licence_no = 1500`)
    const { changed } = await ground.reconciled(ground.commerce, subscription, 'repaired')
    assert.equal(changed, 1)
    await ground.reconciled(ground.commerce, subscription, 'equal')
  },
)
