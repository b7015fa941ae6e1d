/** How rows of a dataset are shown: drawn on the server, hence data only. */
export type PreviewKind = 'table' | 'chart' | 'map'

export interface PreviewColumn {
  readonly name: string
  readonly title: string
  readonly unit: string | null
  /** Numbers stand right. */
  readonly is_number: boolean
  readonly can_sort: boolean
}

/** `null` where nothing stands, `false` where something does that is not published. */
export type PreviewCell = string | null | false

export interface TablePreview {
  readonly columns: readonly PreviewColumn[]
  /** Cells as text. */
  readonly rows: readonly (readonly PreviewCell[])[]
  /** Words looked for in the rows; `''` shows all of them. */
  readonly q: string
  /** Of all rows, those in which they stand. */
  readonly total: number
  readonly from: number
  readonly limit: number
  readonly sort: string | null
  readonly is_descending: boolean
}

export interface ChartPoint {
  readonly label: string
  readonly value: number
}

/** Another classification of the rows than the one drawn. */
export interface ChartSlice {
  readonly name: string
  readonly title: string
  readonly values: readonly string[]
  /** `null`: all of them together. */
  readonly chosen: string | null
  /** Whether all together is something: prices of several goods are not. */
  readonly can_all: boolean
}

/**
 * One value of a classification, drawn beside the others; its figures by place of the labels: `null` where there is none, `false`
 * where there is one that is not published.
 */
export interface ChartPanel {
  readonly name: string
  readonly values: readonly (number | null | false)[]
}

/** A classification whose values are drawn beside each other, all to one scale. */
export interface ChartSplit {
  readonly name: string
  readonly title: string
  readonly labels: readonly string[]
  readonly panels: readonly ChartPanel[]
  /** Prices, shares and the like: no parts of a whole. */
  readonly is_rate: boolean
  /** Values not drawn because there are more than can be compared. */
  readonly left_out: number
}

export interface ChartPreview {
  /** Lines where time is drawn, bars where kinds are compared. */
  readonly kind: 'bar' | 'line'
  readonly category: string
  readonly category_title: string
  /** What may be compared instead; none along time. */
  readonly categories: readonly { readonly name: string; readonly title: string }[]
  readonly measure: string
  readonly measure_title: string
  readonly unit: string | null
  /** What stands for several rows of one label. */
  readonly how: 'sum' | 'average' | 'count' | 'single'
  readonly points: readonly ChartPoint[]
  /** Labels not drawn because there are more than can be read. */
  readonly left_out: number
  /** Rows without a value, which are in no sum: not published, or not known. */
  readonly hidden: number
  /** Of them, those that are there and not published; absent where the data do not tell. */
  readonly withheld?: number
  readonly measures: readonly { readonly name: string; readonly title: string }[]
  readonly slices: readonly ChartSlice[]
  /** What may be drawn beside each other. */
  readonly splits: readonly { readonly name: string; readonly title: string }[]
  /** What is, in place of `points`. */
  readonly split: ChartSplit | null
}

export interface MapPoint {
  readonly lon: number
  readonly lat: number
  readonly label: string
  readonly category: string | null
}

export interface MapShape {
  readonly label: string
  /** GeoJSON. */
  readonly geometry: unknown
  readonly value: number | null
  /** There is a value, and it is not published. */
  readonly is_hidden?: boolean
}

export interface MapPreview {
  readonly points: readonly MapPoint[]
  readonly shapes: readonly MapShape[]
  readonly label_title: string
  readonly category_title: string | null
  readonly measure: string | null
  readonly measure_title: string | null
  readonly unit: string | null
  readonly measures: readonly { readonly name: string; readonly title: string }[]
  /** Rows that have a place but are not drawn, because there are more than can be. */
  readonly left_out: number
}
