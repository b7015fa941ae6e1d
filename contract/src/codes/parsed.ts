/** Why a code was refused: a stable word for programs and a sentence for the person who typed it. */
export interface Refused<R extends string> {
  readonly ok: false
  readonly reason: R
  readonly message: string
}

export type Parsed<T, R extends string> = ({ readonly ok: true; readonly value: string } & T) | Refused<R>

export type TextFault = 'empty' | 'blank' | 'full_width' | 'lower_case' | 'length'

export const refuse = <R extends string>(reason: R, message: string): Refused<R> => ({ ok: false, reason, message })

const FULL_WIDTH = /[\uFF01-\uFF5E\u3000]/

/**
 * What is wrong with a text before its code is even looked at. Nothing is repaired on the way in: two departments that each
 * "corrected" a key in their own way would never find each other's record.
 */
export const textFault = (text: string, title: string): Refused<TextFault> | undefined => {
  if (text === '') return refuse('empty', `${title}不能为空`)
  if (FULL_WIDTH.test(text)) return refuse('full_width', `${title}含全角字符，请改用半角`)
  if (/\s/.test(text)) return refuse('blank', `${title}含空格`)
  return undefined
}
