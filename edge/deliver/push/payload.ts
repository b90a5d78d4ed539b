/** What a message says: the product, its price and until when. Nothing of why, and nothing that names the person. */
import { createHash } from 'node:crypto';
import type { Offer } from '../../contracts/index.js';
import { wordsFor } from './words.js';

export interface PayloadDeps {
  readonly timeZone: string;
  /** Of the store; its region writes the money where the reader's language has none. */
  readonly storeLocale: string;
}

/** As the service worker reads it; short names would save nothing, since the message is padded. */
export interface PushPayload {
  readonly version: 1;
  readonly decisionId: string;
  /** A newer message of the same tag takes the place of an older one on the phone, too. */
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  readonly picture: string;
  /** Where a click leads, below the store's own origin. */
  readonly url: string;
  /** RFC 3339; after it nothing is shown any more. */
  readonly expires: string;
  readonly lang: string;
  readonly actions: { readonly code: string; readonly later: string };
}

/** Every message is a multiple of this, so that its length says nothing about the product. */
const PAD_BYTES = 512;
/** RFC 8030 obliges push services to take 4,096 bytes; encryption needs 103 of them. */
const PLAIN_BYTES_MAX = 3_584;
const TITLE_MAX = 120;
const PICTURE = '/icon-192.png';

export interface PayloadOf {
  readonly decisionId: string;
  readonly campaign: string;
  readonly offer: Offer;
  /** BCP 47 of the reader. */
  readonly locale: string;
}

/** UTF-8 JSON, padded with spaces. */
export function composePayload(
  { decisionId, campaign, offer, locale }: PayloadOf,
  deps: PayloadDeps,
): Buffer {
  const { words, lang, tag } = wordsFor(locale, deps.storeLocale);
  const money = (minor: number): string => {
    const format = new Intl.NumberFormat(tag, { style: 'currency', currency: offer.currency });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  };
  const time = new Intl.DateTimeFormat(tag, {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: deps.timeZone,
  }).format(Date.parse(offer.validUntil));
  const payload: PushPayload = {
    version: 1,
    decisionId,
    tag: topicOf(campaign),
    title: shorten(offer.name, TITLE_MAX),
    body: words.body(money(offer.priceMinor), money(offer.wasMinor), time),
    picture: PICTURE,
    url: `/me#offer=${encodeURIComponent(decisionId)}`,
    expires: offer.validUntil,
    lang,
    actions: { code: words.code, later: words.later },
  };
  return pad(Buffer.from(JSON.stringify(payload)));
}

function shorten(text: string, charactersMax: number): string {
  const characters = [...text];
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}

function pad(json: Buffer): Buffer {
  if (json.length > PLAIN_BYTES_MAX) throw new Error(`a message of ${json.length} bytes is too long`);
  return Buffer.concat([json, Buffer.alloc((PAD_BYTES - (json.length % PAD_BYTES)) % PAD_BYTES, ' ')]);
}

/** Campaigns are the store's business: a push service sees which messages belong together, not to what. */
export function topicOf(campaign: string): string {
  return createHash('sha256').update(campaign).digest('base64url').slice(0, 32);
}
