/** Check characters of the codes people and bodies are known by. Each takes the characters before the check character. */
const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const BASE_36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const CITIZEN_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CITIZEN_CHECKS = '10X98765432'
const ORGAN_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** GB 11643-1999: 17 digits → the 18th. */
export const citizenCheck = (first17: string): string => {
  const sum = CITIZEN_WEIGHTS.reduce((acc, weight, i) => acc + weight * Number(first17[i]), 0)
  return CITIZEN_CHECKS.charAt(sum % 11)
}

/** GB 32100-2015: 17 of 31 characters, weights 3^i mod 31 → the 18th. */
export const creditCheck = (first17: string): string => {
  let sum = 0
  let weight = 1
  for (const char of first17) {
    sum += CREDIT_ALPHABET.indexOf(char) * weight
    weight = (weight * 3) % 31
  }
  return CREDIT_ALPHABET.charAt((31 - (sum % 31)) % 31)
}

/** GB 11714-1997: 8 characters → the ninth. */
export const organCheck = (body: string): string => {
  const sum = ORGAN_WEIGHTS.reduce((acc, weight, i) => acc + weight * BASE_36.indexOf(body.charAt(i)), 0)
  const rest = 11 - (sum % 11)
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest)
}

/** GB/T 36904-2018 by GB/T 17710 (ISO 7064 MOD 37,36): any characters of 0-9A-Z → one more. */
export const licenceCheck = (text: string): string => {
  let rest = 36
  for (const char of text) {
    const sum = (rest + BASE_36.indexOf(char)) % 36 || 36
    rest = (sum * 2) % 37
  }
  return BASE_36.charAt((37 - rest) % 36)
}
