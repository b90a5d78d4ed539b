/** One spelling for each tag, so that the desk, the phone and every listening node mean the same one. */

/** `eddy:` + 11 bytes of namespace, of which the firmware wrote byte 6 twice, or the 10 that the standard has. */
const EDDYSTONE_ELEVEN = /^eddy:([0-9a-f]{10})([0-9a-f]{2})\2([0-9a-f]{8})-([0-9a-f]{12})$/;

/**
 * Canonical form of a tag id: lower case, no blanks, and the Eddystone namespace in its ten bytes.
 * Two tags are the same tag exactly when their canonical forms are equal.
 */
export function canonicalTag(tag: string): string {
  const plain = tag.trim().toLowerCase();
  return plain.replace(EDDYSTONE_ELEVEN, 'eddy:$1$2$3-$4');
}
