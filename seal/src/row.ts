/** Data types of catalogue items (domain §1.6-e); what each looks like in a line stands in ADR 0004. */
export type DataType = 'C' | 'N' | 'Y' | 'D' | 'T' | 'L' | 'M' | 'G' | 'B' | 'I' | 'F'

export type RefusalCode = 'not_text' | 'wrong_type' | 'not_a_number' | 'not_finite' | 'not_a_date' | 'out_of_range'

/** Why a value has no canonical text. One frozen object per reason: a bad column must not cost an allocation per row. */
export class FieldRefusal {
  readonly code: RefusalCode
  readonly reason: string
  constructor(code: RefusalCode, reason: string) {
    this.code = code
    this.reason = reason
    Object.freeze(this)
  }
}

/** Canonical text of a field (not yet escaped), null for NULL, or why there is none. */
export type CanonicalField = string | null | FieldRefusal
