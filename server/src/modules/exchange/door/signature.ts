import { nodeSignatureCheck } from '@sanjiang/seal/node'

/** Whether the holder of this raw Ed25519 key signed the text. */
export const isSigned = (publicKey: Uint8Array, text: string, signature: string): boolean =>
  nodeSignatureCheck({
    alg: 'ed25519',
    public_key: publicKey,
    message: Buffer.from(text),
    signature: Buffer.from(signature, 'base64'),
  }) === true
