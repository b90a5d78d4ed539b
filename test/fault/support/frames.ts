import {
  connectPacket,
  disconnectPacket,
  packet,
  publishPacket,
  pubrelPacket,
  subscribePacket,
} from '../../ingest/support/raw-client.js';

export interface Speaker {
  readonly id: string;
  readonly token: string;
}

/** Valid frames of one protocol, and what opens a connection on which they are said. */
export interface Language {
  readonly name: 'mqtt' | 'http' | 'socket.io';
  readonly opening: Buffer;
  readonly frames: readonly Buffer[];
}

export function mqttFrames({ id, token }: Speaker): Language {
  const reading = { topic: `endcap/v1/shelf/${id}`, payload: '{"sku":"DRK-1001","count":40}' };
  const opening = connectPacket({ clientId: '', username: id, password: token });
  const will = { topic: `espresense/rooms/${id}/status`, payload: 'offline', retain: true };
  return {
    name: 'mqtt',
    opening,
    frames: [
      connectPacket({ clientId: `${id}/w`, username: id, password: token, will }),
      publishPacket({ ...reading, qos: 0 }),
      publishPacket({ ...reading, id: 2 }),
      publishPacket({ ...reading, qos: 2, id: 3 }),
      publishPacket({ ...reading, payload: Buffer.alloc(3_000, '[{"a":') }),
      publishPacket({ topic: `espresense/devices/iBeacon:00/${id}`, payload: '{"rssi":-60,"distance":1.5}' }),
      publishPacket({ topic: `espresense/rooms/${id}/telemetry`, payload: '{"uptime":12}', retain: true }),
      pubrelPacket(3),
      packet(0x40, Buffer.from([0, 7])),
      packet(0x50, Buffer.from([0, 7])),
      packet(0x70, Buffer.from([0, 7])),
      subscribePacket('endcap/v1/decision/+', 2, 4),
      subscribePacket(`espresense/rooms/${id}/absorption/set`, 1, 5),
      packet(0xa2, Buffer.from([0, 6, 0, 3, 0x61, 0x2f, 0x62])),
      packet(0xc0, Buffer.alloc(0)),
      disconnectPacket,
    ],
  };
}

export function httpFrames({ id, token }: Speaker): Language {
  const head = (line: string, ...headers: string[]): string =>
    [line, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`, ...headers, '', ''].join('\r\n');
  const sale = JSON.stringify({
    store: 'store-014',
    till: id,
    businessDay: '2026-11-23',
    sequence: 1,
    type: 'sale',
    currency: 'EUR',
    lines: [{ line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' }],
    tenders: [{ type: 'cash', amountMinor: 199 }],
    totalMinor: 199,
  });
  const json = 'Content-Type: application/json';
  const requests = [
    head('GET /healthz HTTP/1.1'),
    head('GET /v1/session HTTP/1.1', 'Cookie: endcap=a; b=c', 'X-Request: 1'),
    head('GET /v1/topics/shelf.reading/events?limit=2&after=x HTTP/1.1'),
    head('GET /media/%2e%2e%2fstore.yaml HTTP/1.1', 'Range: bytes=0-5'),
    head('POST /v1/pos/transactions HTTP/1.1', json, `Content-Length: ${sale.length}`) + sale,
    head('POST /v1/pos/coupons/redeem HTTP/1.1', json, 'Transfer-Encoding: chunked') +
      '1e\r\n{"code":"1","till":"t","seq":1}\r\n0\r\n\r\n',
    head('PUT /v1/screens/screen-1/programme HTTP/1.1', json, 'Expect: 100-continue', 'Content-Length: 2') +
      '{}',
    head('OPTIONS * HTTP/1.1', 'Origin: http://127.0.0.1', 'Connection: keep-alive, Upgrade', 'Upgrade: h2c'),
  ];
  return { name: 'http', opening: Buffer.alloc(0), frames: requests.map((text) => Buffer.from(text)) };
}

/** A text frame of a WebSocket client, masked with zeros. */
function socketFrame(text: string, first = 0x81): Buffer {
  const body = Buffer.from(text);
  const size = body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), body]);
}

export function socketFrames({ token }: Speaker): Language {
  const opening = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '',
    '',
  ].join('\r\n');
  const join = socketFrame(`40/signage,{"token":"${token}"}`);
  return {
    name: 'socket.io',
    opening: Buffer.concat([Buffer.from(opening), join]),
    frames: [
      join,
      socketFrame('42/signage,1["shown",{"revision":"a","turnAt":"2026-11-23T10:00:00Z"}]'),
      socketFrame('42/signage,2["clock"]'),
      socketFrame('451-/signage,["shown",{"_placeholder":true,"num":0}]'),
      socketFrame('\u0001\u0002\u0003', 0x82),
      socketFrame('3'),
      socketFrame('2probe'),
      socketFrame('', 0x89),
      socketFrame('41/signage,'),
      socketFrame('x'.repeat(300), 0x01),
    ],
  };
}
