/** Data types of catalogue items (domain §1.6-e); what each looks like in a line stands in ADR 0004. */
export type DataType = 'C' | 'N' | 'Y' | 'D' | 'T' | 'L' | 'M' | 'G' | 'B' | 'I' | 'F'
