/**
 * The three check digits the generators need, computed on strings known to be well formed. Parsing what others send is the contract's
 * business (contract/src/codes); here a million digits are made, and the tests hold the results against the contract's parsers.
 */
const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const ORGAN_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]
const CITIZEN_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CITIZEN_DIGITS = '10X98765432'

/** GB 11714: eight characters of 0-9A-Z → the ninth. */
export const organCodeCheck = (body: string): string => {
  const sum = ORGAN_WEIGHTS.reduce((acc, weight, i) => acc + weight * Number.parseInt(body[i] ?? '0', 36), 0)
  const rest = 11 - (sum % 11)
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest)
}

/** GB 32100: registry (2) + division (6) + organ code body (8) → the 18 characters with both check digits. */
export const makeCreditCode = (registry: string, division_code: string, body: string): string => {
  const first17 = `${registry}${division_code}${body}${organCodeCheck(body)}`
  let sum = 0
  let weight = 1
  for (const char of first17) {
    sum += CREDIT_ALPHABET.indexOf(char) * weight
    weight = (weight * 3) % 31
  }
  return first17 + CREDIT_ALPHABET[(31 - (sum % 31)) % 31]
}

/** GB 11643: division (6) + birth (yyyymmdd) + order (3) → the 18 characters. */
export const makeCitizenId = (first17: string): string => {
  const sum = CITIZEN_WEIGHTS.reduce((acc, weight, i) => acc + weight * Number(first17[i]), 0)
  return first17 + CITIZEN_DIGITS[sum % 11]
}
