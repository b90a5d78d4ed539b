import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * How far the journal got, in a small file beside the segments, written after each commit and not fsynced.
 * A write-ahead log that lost its end looks like a shorter, healthy one; the witness tells the two apart, and its
 * lane heads say exactly which sequences are gone. It can be older than the segments (power cut), never newer.
 */
export interface Witness {
  /** Highest offset given out. */
  readonly offset: number;
  readonly keepOffset: number;
  readonly bulkOffset: number;
  readonly cursor: number;
  readonly heads: readonly { readonly seq: number; readonly crc: number }[];
}

const SLOT_BYTES = 512;
const RECORD_BYTES = 128;
const MAGIC = 0x45435731;

export interface WitnessFile {
  write(witness: Witness): void;
  close(): void;
}

export function openWitness(directory: string): { file: WitnessFile; last: Witness | undefined } {
  const handle = openSync(join(directory, 'heads'), constants.O_RDWR | constants.O_CREAT, 0o600);
  const slots = [readSlot(handle, 0), readSlot(handle, 1)];
  const newest = slots.reduce((a, b) => ((b?.generation ?? 0) > (a?.generation ?? 0) ? b : a), undefined);
  let generation = newest?.generation ?? 0;
  const record = Buffer.alloc(RECORD_BYTES);
  return {
    last: newest?.witness,
    file: {
      write(witness) {
        generation += 1;
        encode(record, generation, witness);
        writeSync(handle, record, 0, RECORD_BYTES, (generation % 2) * SLOT_BYTES);
      },
      close: () => closeSync(handle),
    },
  };
}

function encode(record: Buffer, generation: number, witness: Witness): void {
  record.fill(0);
  record.writeUInt32BE(MAGIC, 0);
  record.writeDoubleBE(generation, 8);
  record.writeDoubleBE(witness.offset, 16);
  record.writeDoubleBE(witness.keepOffset, 24);
  record.writeDoubleBE(witness.bulkOffset, 32);
  record.writeDoubleBE(witness.cursor, 40);
  witness.heads.forEach((head, lane) => {
    record.writeDoubleBE(head.seq, 48 + lane * 12);
    record.writeUInt32BE(head.crc, 56 + lane * 12);
  });
  record.writeUInt32BE(crc32(record.subarray(0, RECORD_BYTES - 4)), RECORD_BYTES - 4);
}

function readSlot(handle: number, slot: number): { generation: number; witness: Witness } | undefined {
  const record = Buffer.alloc(RECORD_BYTES);
  if (readSync(handle, record, 0, RECORD_BYTES, slot * SLOT_BYTES) < RECORD_BYTES) return undefined;
  if (record.readUInt32BE(0) !== MAGIC) return undefined;
  if (crc32(record.subarray(0, RECORD_BYTES - 4)) !== record.readUInt32BE(RECORD_BYTES - 4)) return undefined;
  return {
    generation: record.readDoubleBE(8),
    witness: {
      offset: record.readDoubleBE(16),
      keepOffset: record.readDoubleBE(24),
      bulkOffset: record.readDoubleBE(32),
      cursor: record.readDoubleBE(40),
      heads: [0, 1, 2, 3].map((lane) => ({
        seq: record.readDoubleBE(48 + lane * 12),
        crc: record.readUInt32BE(56 + lane * 12),
      })),
    },
  };
}
