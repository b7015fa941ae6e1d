import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Position, type Ring, simplifyRings } from '../web/src/public/draw/simplify.ts'

/**
 * Writes the outlines of Qinghai's eight prefectures from Apache ECharts 4.9.0 (Apache-2.0), which ships them. Run by hand when that ever
 * changes; what is written is kept in the repository, so that nobody installs 44 MB for 43 KB.
 */
const SOURCE = 'echarts@4.9.0'
const MAP = 'package/map/json/province/qinghai.json'
const ROOT = new URL('../', import.meta.url)
const SCALE = 1024

interface Encoded {
  readonly features: readonly {
    readonly id: string
    readonly properties: { readonly name: string; readonly cp: Position }
    readonly geometry: { readonly type: string; readonly coordinates: unknown; readonly encodeOffsets: unknown }
  }[]
}

interface Outline {
  readonly code: string
  readonly name: string
  readonly seat: Position
  readonly rings: readonly Ring[]
}

const zigzag = (code: number): number => ((code - 64) >> 1) ^ -((code - 64) & 1)

/** ECharts' UTF8Encoding: every character a difference to the position before, in 1/1024 degree. */
const decodeRing = (text: string, start: Position): Ring => {
  const ring: Position[] = []
  let [x, y] = start
  for (let index = 0; index < text.length; index += 2) {
    x += zigzag(text.charCodeAt(index))
    y += zigzag(text.charCodeAt(index + 1))
    ring.push([x, y])
  }
  return ring
}

const ringsOf = ({ type, coordinates, encodeOffsets }: Encoded['features'][number]['geometry']): Ring[] => {
  const polygons = (type === 'Polygon' ? [coordinates] : coordinates) as string[][]
  const offsets = (type === 'Polygon' ? [encodeOffsets] : encodeOffsets) as Position[][]
  return polygons.flatMap((rings, at) => rings.map((ring, index) => decodeRing(ring, offsets[at]![index]!)))
}

const fetchMap = async (): Promise<Encoded> => {
  const folder = await mkdtemp(join(tmpdir(), 'sanjiang-outline-'))
  try {
    const [packed] = JSON.parse(execFileSync('npm', ['pack', SOURCE, '--json'], { cwd: folder, encoding: 'utf8' }))
    execFileSync('tar', ['-xzf', packed.filename, MAP], { cwd: folder })
    return JSON.parse(await readFile(join(folder, MAP), 'utf8'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const simplified = (outlines: readonly Outline[], tolerance: number): Outline[] => {
  const rings = simplifyRings(
    outlines.flatMap((one) => one.rings),
    tolerance * SCALE,
  )
  let at = 0
  return outlines.map((one) => ({
    ...one,
    rings: one.rings.map(() => rings[at++]!).filter(({ length }) => length > 3),
  }))
}

const degrees = (value: number, digits: number): string => String(Number((value / SCALE).toFixed(digits)))

const lineOf = ({ code, name, seat, rings }: Outline, digits: number): string => {
  const texts = rings.map((ring) => `'${ring.map((one) => one.map((v) => degrees(v, digits)).join(' ')).join(',')}'`)
  return `  {
    code: '${code}',
    name: '${name}',
    seat: [${seat.map((value) => Number(value.toFixed(3))).join(', ')}],
    rings: [\n${texts.map((text) => `      ${text},\n`).join('')}    ],
  },`
}

const textOf = (outlines: readonly Outline[], { why, digits }: { why: string; digits: number }): string => `/**
 * ${why}
 * Source: Apache ECharts 4.9.0, map/json/province/qinghai.json, Apache-2.0, Copyright 2017-2020 The Apache Software Foundation (NOTICE);
 * decoded and simplified by tools/outline.ts. A drawing for orientation: no boundary is to be read from it.
 */
export interface Outline {
  readonly code: string
  readonly name: string
  /** Longitude and latitude of the seat of government. */
  readonly seat: readonly [lon: number, lat: number]
  /** Outer rings, closed: positions "longitude latitude" with commas between. */
  readonly rings: readonly string[]
}

export const OUTLINES: readonly Outline[] = [
${outlines.map((one) => lineOf(one, digits)).join('\n')}
]
`

const outlines = (await fetchMap()).features.map(({ id, properties, geometry }) => ({
  code: id,
  name: properties.name,
  seat: properties.cp,
  rings: ringsOf(geometry),
}))
const FILES = [
  {
    path: 'server/seeds/reference/outline.data.ts',
    tolerance: 0.004,
    digits: 3,
    why: "Outlines of Qinghai's eight prefectures, true to about 400 m.",
  },
  {
    path: 'web/src/public/draw/qinghai.data.ts',
    tolerance: 0.02,
    digits: 2,
    why: "Outlines of Qinghai's eight prefectures, true to about 2 km: what lies beneath points on a map.",
  },
]
for (const { path, tolerance, ...more } of FILES) {
  const text = textOf(simplified(outlines, tolerance), more)
  await writeFile(new URL(path, ROOT), text)
  console.log(`写入 ${path}：${text.length} 字符`)
}
