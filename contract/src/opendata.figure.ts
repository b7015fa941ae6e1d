import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { coded, Id, IsoDate, input, nullable } from './values.ts'

/** Statistics the platform computes from its own records and can open as datasets. */
export const FIGURES = coded({
  catalogue: '目录资源按部门和共享类型',
  requests: '共享申请按月办理情况',
  systems: '信息系统按部门',
  openings: '开放数据集按主题',
})
export type FigureCode = (typeof FIGURES.codes)[number]

export const Figure = t.Object({
  figure: FIGURES.schema,
  title: t.String(),
  /** English names of the items the entry that carries it must have. */
  columns: t.Array(t.String()),
  resource_id: nullable(Id),
  resource_name: nullable(t.String()),
  bound_by_name: nullable(t.String()),
  /** Day on which the numbers last changed. */
  staged_on: nullable(IsoDate),
  trouble: nullable(t.String()),
})
export type Figure = t.Static<typeof Figure>

export const listFigures = endpoint({
  method: 'GET',
  path: '/opendata/figures',
  permission: 'opendata.release.read',
  summary: '平台可自动统计并开放的数据，及承载它的目录资源',
  response: t.Array(Figure),
})

export const bindFigure = endpoint({
  method: 'PUT',
  path: '/opendata/figures/:figure',
  permission: 'opendata.release.propose',
  summary: '指定承载一组统计的目录资源：此后数值有变就成为新的一版',
  params: t.Object({ figure: FIGURES.schema }),
  body: input({ resource_id: Id }),
  response: Figure,
})
