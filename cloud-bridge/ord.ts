/** `ord = epoch · 2^40 + sequence`: one number that grows over epochs too. */
export const ORD_EPOCH_SPAN = 2n ** 40n;

export const ordOf = (epoch: number, sequence: number): bigint =>
  BigInt(epoch) * ORD_EPOCH_SPAN + BigInt(sequence);
