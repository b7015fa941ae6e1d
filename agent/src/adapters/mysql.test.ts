import { test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { column, type NastyRows } from './adapter.conformance.kit.ts'
import { conforms } from './adapter.conformance.ts'
import { hasMariadb, startMariadb } from './mysql.server.ts'
import { mysql } from './mysql.ts'

const nasty: NastyRows = {
  create: [
    `create table nasty (id bigint primary key, t text, v varchar(20), b char(6), n decimal(40,20), m decimal(12,2), f double, r float,
       d date, s datetime(6), z timestamp null, l tinyint(1), k decimal(20,2), x varchar(20), y bit(1))`,
    String.raw`insert into nasty (id, t, v, b) values
       (1, concat('tab\tline\nret\rback\\slash\b', char(12 using utf8mb4), char(11 using utf8mb4)), ' a ', 'ab'), (2, '', '', ''), (3, null, null, null), (4, '🙂𠮷é', '\\N', 'x  y')`,
    `insert into nasty (id, n, m, f, r) values
       (10, '-0.00', '-0.00', -0e0, -0e0), (11, 1.500, 100.10, 1e-20, 1e-20), (12, 1e19, -5, 1e300, 3e38),
       (13, 1e-20, 0.05, 0.1, 0.1), (14, 12345678901234567890.12, 1, 1.5, 16777216), (15, 100, 100, 123456789012345680, 1e6)`,
    `insert into nasty (id, d, s, z) values
       (20, '0001-01-01', '0001-01-01', '2024-01-05 10:00:00'), (21, '9999-12-31', '9999-12-31 23:59:59.999999', '1988-07-01 00:00:00'),
       (22, '2024-02-29', '2016-12-31 23:59:59.120000', '2024-01-05 00:00:00'), (23, '2024-01-31', '2024-01-01', null)`,
    `insert into nasty (id, l, k, x, y) values (30, 1, 7.00, '2024年1月5日', b'1'), (31, 0, -0.0, '20240105', b'0'), (32, null, 1234567890123456, ' ', null)`,
    `insert ignore into nasty (id, d) values (44, '0000-00-00'), (45, '2024-00-10')`,
    `insert ignore into nasty (id, s) values (47, '0000-00-00')`,
    `insert into nasty (id, k) values (51, 1.5)`,
    `insert into nasty (id, x) values (53, '2023-02-29')`,
    `insert into nasty (id, t) values (54, concat('a', char(0 using utf8mb4)))`,
    `insert into nasty (id, t) values (60, 'NaN')`,
  ],
  columns: [
    column('id', 'I', true),
    column('t', 'M'),
    column('v', 'C'),
    column('b', 'C'),
    column('n', 'N'),
    column('m', 'Y'),
    column('f', 'B'),
    column('r', 'F'),
    column('d', 'D'),
    column('s', 'T'),
    column('z', 'T'),
    column('l', 'L'),
    column('k', 'I'),
    column('x', 'D'),
    column('y', 'L'),
  ],
  lines: [
    '1\ttab\\tline\\nret\\rback\\\\slash\\b\\f\\v\t a \tab',
    '2\t\t\t',
    '3\t\\N\t\\N\t\\N',
    '4\t🙂𠮷é\t\\\\N\tx  y',
    ...[
      '0\t0\t0\t0',
      '1.5\t100.1\t0.00000000000000000001\t0.00000000000000000001',
      `1${'0'.repeat(19)}\t-5\t1${'0'.repeat(300)}\t3${'0'.repeat(38)}`,
      '0.00000000000000000001\t0.05\t0.1\t0.1',
      '12345678901234567890.12\t1\t1.5\t16777216',
      '100\t100\t123456789012345680\t1000000',
    ].map((fields, i) => `${10 + i}\t\\N\t\\N\t\\N\t${fields}`),
    ...[
      '0001-01-01\t0001-01-01 00:00:00\t2024-01-05 18:00:00',
      '9999-12-31\t9999-12-31 23:59:59.999999\t1988-07-01 09:00:00',
      '2024-02-29\t2016-12-31 23:59:59.12\t2024-01-05 08:00:00',
      '2024-01-31\t2024-01-01 00:00:00\t\\N',
    ].map((fields, i) => `${20 + i}${'\t\\N'.repeat(7)}\t${fields}`),
    ...['t\t7\t2024-01-05\tt', 'f\t0\t2024-01-05\tf', '\\N\t1234567890123456\t\\N\t\\N'].map(
      (fields, i) => `${30 + i}${'\t\\N'.repeat(10)}\t${fields}`,
    ),
    '60\tNaN',
  ].map((line) => line + '\t\\N'.repeat(15 - line.split('\t').length)),
  unreadable: [
    ['44', 'd'],
    ['45', 'd'],
    ['47', 's'],
    ['51', 'k'],
    ['53', 'x'],
    ['54', 't'],
  ],
}

if (hasMariadb())
  conforms({
    adapter: mysql,
    open: async () => {
      const server = await startMariadb()
      const connection = await createConnection({ socketPath: server.socket, user: 'root', charset: 'utf8mb4' })
      await connection.query('create database sj character set utf8mb4 collate utf8mb4_nopad_bin')
      await connection.query(`use sj`)
      await connection.query(`set time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'`)
      return {
        config: { socket: server.socket, user: 'root', password: '', database: 'sj' },
        exec: async (sql) => void (await connection.query(sql)),
        close: async () => {
          await connection.end()
          await server.stop()
        },
      }
    },
    relation: (table) => `sj.${table}`,
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    instant: 'datetime(6)',
    nasty,
    hostile: 'a`; drop table crowd; --',
  })
else
  test(
    'MariaDB is not installed here (apt-get install mariadb-server): its adapter is left out',
    { skip: true },
    () => undefined,
  )
