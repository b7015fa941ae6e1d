import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { openTables, quote, type Tables } from '../../test/tables.ts'
import { column, type NastyRows } from './adapter.conformance.kit.ts'
import { conformsAsSource } from './adapter.conformance.ts'
import { fileAdapter } from './file.ts'

/** As people write it into spreadsheets. */
const nasty: NastyRows = {
  create: [
    'create table nasty (id text, t text, n text, y text, f text, d text, s text, l text, k text)',
    String.raw`insert into nasty (id, t) values ('1', E'tab\tline\nret\rback\\slash"quote"'), ('2', ''), ('3', null), ('4', '🙂𠮷é,，')`,
    `insert into nasty (id, n, y, f, k) values ('10', '001.50', '-0.00', '1e3', '-7'), ('11', '12345678901234567890.12', '0.05', '0.1', '9223372036854775808')`,
    `insert into nasty (id, d, s, l) values ('20', '2024年1月5日', '2024-01-05 08:03:00.120', '是'), ('21', '2024/02/29', '2024-01-05T00:00:00Z', 'false'), ('22', ' ', '', null)`,
    `insert into nasty (id, d) values ('44', '2023-02-29')`,
    `insert into nasty (id, k) values ('45', '1.5')`,
    `insert into nasty (id, l) values ('46', '也许')`,
  ],
  columns: [
    column('id', 'I', true),
    column('t', 'M'),
    column('n', 'N'),
    column('y', 'Y'),
    column('f', 'B'),
    column('d', 'D'),
    column('s', 'T'),
    column('l', 'L'),
    column('k', 'I'),
  ],
  lines: [
    '1\ttab\\tline\\nret\\rback\\\\slash"quote"',
    '2\t',
    '3\t\\N',
    '4\t🙂𠮷é,，',
    '10\t\\N\t1.5\t0\t1000\t\\N\t\\N\t\\N\t-7',
    '11\t\\N\t12345678901234567890.12\t0.05\t0.1\t\\N\t\\N\t\\N\t9223372036854775808',
    '20\t\\N\t\\N\t\\N\t\\N\t2024-01-05\t2024-01-05 08:03:00.12\tt',
    '21\t\\N\t\\N\t\\N\t\\N\t2024-02-29\t2024-01-05 08:00:00\tf',
    '22',
  ].map((line) => line + '\t\\N'.repeat(9 - line.split('\t').length)),
  unreadable: [
    ['44', 'd'],
    ['45', 'k'],
    ['46', 'l'],
  ],
}

const csvField = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)

/** Every table as a file beside the others, replaced as a whole; the nasty one in the encoding of old spreadsheets. */
const writeAll = async (tables: Tables, folder: string): Promise<void> => {
  for (const name of await tables.names()) {
    const names = await tables.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum',
      [quote(name)],
    )
    const columns = names.map((one) => one.name)
    const texts = columns.map((one, place) => `${quote(one)}::text as c${place}`).join(', ')
    const rows = await tables.query<Record<string, string | null>>(`select ${texts} from ${quote(name)}`)
    const lines = rows.map((row) => columns.map((_, place) => csvField(row[`c${place}`] ?? null)).join(','))
    const text = `${[columns.map(csvField).join(','), ...lines].join('\r\n')}\r\n`
    const path = join(folder, `${name}.csv`)
    await writeFile(`${path}.new`, name === 'nasty' ? iconv.encode(text, 'gb18030') : text)
    await rename(`${path}.new`, path)
  }
}

conformsAsSource({
  adapter: fileAdapter,
  open: async () => {
    const tables = await openTables()
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-file-kit-'))
    const folder = join(dir, 'root', 'in')
    await mkdir(folder, { recursive: true })
    return {
      config: { root: join(dir, 'root'), settle_seconds: 0, state_dir: join(dir, 'state') },
      exec: async (sql) => {
        await tables.exec(sql)
        await writeAll(tables, folder)
      },
      close: async () => {
        await tables.close()
        await rm(dir, { recursive: true, force: true })
      },
    }
  },
  relation: (table) => `in/${table}.csv`,
  quote,
  instant: 'timestamp',
  nasty,
  hostile: "a'; drop table crowd; --",
})
