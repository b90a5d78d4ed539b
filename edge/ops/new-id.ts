import { randomUUID } from 'node:crypto';
import { plainId } from '../contracts/index.js';

/** A random UUID (RFC 9562, version 4) in which nobody sees a card number. */
export const newId = (): string => plainId(randomUUID);
