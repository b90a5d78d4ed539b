/** What a key is for and how it is written, for whoever left it out or wrote something else. */
export interface KeyWords {
  readonly what: string;
  /** As it would stand in the file. */
  readonly example: string;
}

/** By the way to the key, `*` for any place in a list. */
const WORDS: Readonly<Record<string, KeyWords>> = {
  store: {
    what: 'who the store is: id, time zone, currency and language',
    example: 'store: { id: store-014, timeZone: Europe/Dublin, currency: EUR, locale: en-IE }',
  },
  'store/id': {
    what: 'the name of the store among all stores',
    example: 'id: store-014',
  },
  'store/timeZone': {
    what: "the IANA time zone of the store's wall clock",
    example: 'timeZone: Europe/Dublin',
  },
  'store/currency': { what: 'the ISO 4217 code of the currency of all prices', example: 'currency: EUR' },
  'store/locale': { what: 'the language and country of its pages', example: 'locale: en-IE' },
  'store/opensAt': { what: 'when the shop opens', example: 'opensAt: "08:00"' },
  'store/closesAt': { what: 'when the shop closes', example: 'closesAt: "21:00"' },
  zones: {
    what: 'the parts of the shop, of which a visitor is in one at a time',
    example: 'zones: [{ id: beverages, name: Beverages }]',
  },
  'zones/*/id': { what: 'what the rest of the file calls the zone', example: 'id: beverages' },
  'zones/*/name': { what: 'what people call it', example: 'name: Beverages' },
  'zones/*/polygon': {
    what: 'its corners in metres',
    example: 'polygon: [[0, 0], [12.7, 0], [12.7, 14.3]]',
  },
  'nodes/*/id': { what: 'the name that the Bluetooth listener gives itself', example: 'id: beverages-1' },
  'nodes/*/zone': { what: 'the zone that it stands in, by its id under zones', example: 'zone: beverages' },
  'screens/*/id': { what: 'the name of the screen', example: 'id: screen-3' },
  'screens/*/zone': { what: 'the zone that it hangs in, by its id under zones', example: 'zone: beverages' },
  'screens/*/playlist/*/show': {
    what: 'what this place of the rotation shows',
    example: 'show: offer',
  },
  'shelves/*/id': { what: 'the name of the shelf', example: 'id: drinks-soft' },
  'shelves/*/zone': { what: 'the zone that it stands in, by its id under zones', example: 'zone: beverages' },
  'fixtures/*/at': { what: 'its upper left corner in metres', example: 'at: [2.2, 4.0]' },
  'fixtures/*/size': { what: 'width and height in metres', example: 'size: [3.9, 2.1]' },
  'http/port': { what: 'a port of this machine, 0 for any free one', example: 'port: 8080' },
  'mqtt/port': { what: 'a port of this machine, 0 for any free one', example: 'port: 1883' },
  'http/tls': { what: 'empty for an authority of its own', example: 'tls: {}' },
  'mqtt/tls': { what: 'empty for an authority of its own', example: 'tls: {}' },
  'hq/brokers/*': {
    what: 'name or address of a Kafka broker and its port',
    example: 'brokers: [hq.example:9092]',
  },
  'hq/tls': { what: 'empty for authorities that the machine knows', example: 'tls: { ca: hq-ca.pem }' },
  'push/contact': {
    what: 'whom a push service writes to when messages of this store cause trouble',
    example: 'contact: mailto:store-014@example.com',
  },
  'push/quietHours/from': { what: 'from when no message goes out', example: 'from: "21:00"' },
  'push/quietHours/until': { what: 'until when none goes out', example: 'until: "08:00"' },
  'offline/maxValue': {
    what: 'the largest discount, in the currency of the store',
    example: 'maxValue: 5.00',
  },
  products: { what: 'the range of the store', example: 'products: [{ sku: DRK-1001, … }]' },
  'products/*/sku': { what: 'the stock keeping unit, as tills know it', example: 'sku: DRK-1001' },
  'products/*/gtin': { what: 'the number under its barcode, in quotes', example: 'gtin: "2014000010011"' },
  'products/*/name': { what: 'what people call it', example: 'name: Elderflower pressé' },
  'products/*/category': { what: 'the group that campaigns may name', example: 'category: drinks' },
  'products/*/priceMinor': {
    what: 'the shelf price in the smallest unit of the currency: cents',
    example: 'priceMinor: 349',
  },
  campaigns: { what: 'what is offered to whom', example: 'campaigns: [{ id: favourite-drink, … }]' },
  'campaigns/*/id': { what: 'the name of the campaign', example: 'id: favourite-drink' },
  'campaigns/*/version': { what: 'a number that grows with each change', example: 'version: 1' },
  'campaigns/*/name': { what: 'what people call it', example: 'name: Your favourite drink' },
  'campaigns/*/kind': {
    what: 'coupon or hint for the own phone, display for screens',
    example: 'kind: coupon',
  },
  'campaigns/*/products': {
    what: 'which products, by sku or category',
    example: 'products: { category: drinks }',
  },
  'campaigns/*/discount': { what: 'how much cheaper', example: 'discount: { percent: 10 }' },
  'campaigns/*/where': {
    what: 'in which zones or on which screens',
    example: 'where: { zones: [beverages] }',
  },
  'campaigns/*/when/from': { what: 'a moment with its offset', example: 'from: "2026-11-23T08:00:00Z"' },
  'campaigns/*/when/until': { what: 'a moment with its offset', example: 'until: "2026-12-24T18:00:00Z"' },
  'campaigns/*/when/dayparts/*/from': { what: 'from when it runs', example: 'from: "11:00"' },
  'campaigns/*/when/dayparts/*/until': { what: 'until when it runs', example: 'until: "20:00"' },
};

/** `pointer` is a JSON pointer, for example `/zones/0/name`. */
export function keyWords(pointer: string): KeyWords | undefined {
  return WORDS[pointer.slice(1).replaceAll(/\/\d+(?=\/|$)/g, '/*')];
}
