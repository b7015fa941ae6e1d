import { createHash } from 'node:crypto'
import { catalog } from '@sanjiang/contract'
import type { Voice, World } from './harness.ts'

/** Sends a file as the page does, piece by piece, and has it read. */
export const sendFile = async (
  world: World,
  voice: Voice,
  { name, file }: { readonly name: string; readonly file: Buffer },
): Promise<catalog.BatchDetail> => {
  const { batch_id } = await voice.call(catalog.openBatch, {
    body: {
      file_name: name,
      file_bytes: file.length,
      file_sha256: createHash('sha256').update(file).digest('hex'),
    },
  })
  const size = catalog.BATCH_PIECE_BYTES
  for (let seq = 0; seq * size < file.length; seq += 1)
    await voice.call(catalog.putBatchPiece, {
      params: { id: batch_id, seq },
      body: { base64: file.subarray(seq * size, (seq + 1) * size).toString('base64') },
    })
  await voice.call(catalog.readBatch, { params: { id: batch_id } })
  await world.drain()
  return voice.call(catalog.getBatch, { params: { id: batch_id } })
}

const HEAD =
  '信息资源名称,代码,提供方,摘要,信息资源分类,格式分类,格式类型,共享类型,共享条件,共享方式分类,共享方式类型,开放类型,更新周期,信息项名称,信息项英文名,数据类型,数据长度'
const PARTS = HEAD.split(',')

/** A row of the commerce department that nothing is wrong with, and what differs in it. */
export const rowOf = (name: string, more: Record<string, string> = {}): string => {
  const cells: Record<string, string> = {
    信息资源名称: name,
    摘要: `${name}：全省各级登记机关登记的内容。`,
    信息资源分类: '363027',
    格式分类: '数据库',
    格式类型: 'oracle',
    共享类型: '无条件共享',
    共享方式分类: '共享平台方式',
    共享方式类型: '数据库',
    开放类型: '不予开放',
    更新周期: '每日',
    信息项名称: '企业名称',
    信息项英文名: 'enterprise_name',
    数据类型: '字符型C',
    数据长度: '200',
    ...more,
  }
  return PARTS.map((part) => cells[part] ?? '').join(',')
}

/** A further item of the row above it. */
export const itemOf = (name: string, name_en: string): string =>
  PARTS.map(
    (part) => ({ 信息项名称: name, 信息项英文名: name_en, 数据类型: '字符型C', 数据长度: '50' })[part] ?? '',
  ).join(',')

export const csvOf = (rows: readonly string[]): Buffer => Buffer.from([HEAD, ...rows].join('\r\n'))
