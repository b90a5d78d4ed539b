/**
 * Finds what names a person's device (MAC, advertising id, beacon id) and blots it out.
 * The shop's own equipment is exempt: it is on the device list.
 */
export const DEVICE_MASK = '[device id]';

/** Six pairs with separators, or three groups of four as network equipment writes them. */
const MAC =
  /(?<![0-9a-f])(?:(?:[0-9a-f]{2}[:.-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})(?![0-9a-f])/gi;
/** Twelve or more hexadecimal digits on end, and UUIDs: too common in other fields to blot everywhere. */
const BARE_HEX = /(?<![0-9a-z])(?=[0-9]*[a-f]|[0-9]{12}(?![0-9]))[0-9a-f]{12,}(?![0-9a-z])/gi;
const UUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
/** Names of fields that hold a device identity in the formats that the store speaks. */
const NAMED =
  /^(?:mac|mac_?address|bssid|idfa|idfv|gaid|aaid|adid|ifa|advertising_?id|imei|imsi|irk|known_?macs|known_?irks)$/i;
/** In the text of a broken JSON document: a field that names a device, and its value up to the closing quote or the end. */
const NAMED_IN_TEXT =
  /(["']?(?:id|mac|name|irk|uuid|bssid|idfa|idfv|gaid|aaid|adid|ifa|advertising_?id|imei|imsi|disc)["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$)|[^\s,}\]&]+)/gi;

export type IsOwnDevice = (id: string) => boolean;

/** Plain form of a device id for comparison: no separators, lower case. */
export function plainDeviceId(id: string): string {
  return id.replace(/[:.-]/g, '').toLowerCase();
}

/** Blot what is a MAC beyond doubt; safe for every field of every format. */
export function maskMacs(text: string, isOwnDevice: IsOwnDevice): string {
  if (text.length < 14) return text;
  return text.replace(MAC, (mac) => (isOwnDevice(plainDeviceId(mac)) ? mac : DEVICE_MASK));
}

/** True for a field whose whole value is a device identity. */
export function namesDevice(field: string): boolean {
  return NAMED.test(field);
}

/**
 * Blot whatever could be a device identity, for text that was not understood: rather a record that is harder to
 * mend than one that names a person's phone. `personal` are the identities that the adapter knows to be in it.
 */
export function maskAllIdentities(
  text: string,
  personal: readonly string[],
  isOwnDevice: IsOwnDevice,
): string {
  const blot = (id: string): string => (isOwnDevice(plainDeviceId(id)) ? id : DEVICE_MASK);
  let masked = text;
  for (const id of personal) if (id.length > 0) masked = replaceAnyCase(masked, id, DEVICE_MASK);
  masked = masked.replace(NAMED_IN_TEXT, (_all, name: string) => `${name}"${DEVICE_MASK}"`);
  return masked.replace(UUID, blot).replace(MAC, blot).replace(BARE_HEX, blot);
}

function replaceAnyCase(text: string, what: string, by: string): string {
  const escaped = what.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(escaped, 'gi'), by);
}

export const LOYALTY_MASK = '***';
/** A JSON member as it should be, and whatever else looks like a name with a value behind it. */
const LOYALTY_MEMBER = /("loyalty_?id"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^\s,}\]]+)/gis;
const LOYALTY_LOOSE = /(loyalty_?id[\\"'\s:=>]*[:=>][\\"'\s]*)[^\\"',}<\s][^\\"',}<\n]*/gi;

/** The loyalty id of what could not be understood: nobody may find it in what is set aside, mended or not. */
export function maskLoyalty(text: string): string {
  if (!/loyalty_?id/i.test(text)) return text;
  return text.replace(LOYALTY_MEMBER, `$1"${LOYALTY_MASK}"`).replace(LOYALTY_LOOSE, `$1${LOYALTY_MASK}`);
}
