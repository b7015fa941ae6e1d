import { columnOf } from './public-dataset.ts'

/** Columns of every type there is, with places. */
export const EVERY_COLUMN = [
  columnOf('code', '编码', { role: 'key' }),
  columnOf('text', '文字'),
  columnOf('amount', '金额', { data_type: 'N', unit: '万元', role: 'measure' }),
  columnOf('exact', '精确值', { data_type: 'N' }),
  columnOf('odd', '不是数', { data_type: 'N' }),
  columnOf('whole', '整数', { data_type: 'I' }),
  columnOf('day', '日期', { data_type: 'D' }),
  columnOf('moment', '时刻', { data_type: 'T' }),
  columnOf('is_open', '是否开放', { data_type: 'L' }),
  columnOf('lon', '经度', { data_type: 'N', role: 'lon' }),
  columnOf('lat', '纬度', { data_type: 'N', role: 'lat' }),
  columnOf('shape', '范围', { data_type: 'G', role: 'shape' }),
  columnOf('amount_status', '金额（状态）', { length: 1, status_of: 'amount' }),
]

const SHAPE = JSON.stringify({
  type: 'LineString',
  coordinates: [
    [101.75, 36.5],
    [102.125, 36.75],
  ],
})

/** Texts that formats stumble over. */
export const HARD_TEXTS = [
  ...['', 'NULL', 'null', ' 前后有空格 ', '逗号,引号"与\'撇号', '一行\n两行\r\n三行\r', '\t制表', '\\N \\. \\\\'],
  ...[
    '=1+1',
    '@SUM(A1)',
    '-5',
    '+86-971',
    '<b>&amp;]]></b>',
    '_x000D_',
    '\u0001控制\u001f',
    '𠮷😀',
    '\u2028行\u2029',
    '\\.',
  ],
]

const HIDDEN_AT = 5

/** Two rows more than there are hard texts: one empty, one with what only texts can say. One amount is not published. */
export const everyRow = (): (string | number | boolean | null)[][] => {
  const hard = HARD_TEXTS.map((text, index) => [
    ...[`K-${index}`, text, index === HIDDEN_AT ? null : `${index}.50`, `12345678901234567890.${index}`, null],
    '9007199254740993',
    ...['2017-12-31', '2017-12-31 23:59:59.123456', index % 2 === 0, `${101 + index / 8}`, '36.625', null],
    index === HIDDEN_AT ? 'Q' : 'A',
  ])
  const empty = ['K/空 #', ...EVERY_COLUMN.slice(2).map(() => null), 'O']
  const odd = [
    'K;odd',
    'x',
    '-0.01',
    '0',
    'NaN',
    '-1',
    '0999-01-01',
    '2018-01-01 00:00:00',
    true,
    null,
    null,
    SHAPE,
    'A',
  ]
  return [...hard, empty, odd]
}
