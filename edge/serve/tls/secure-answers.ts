/** What every answer over TLS says besides its words: cookies for TLS alone, and https for good where that can be promised. */
import type { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';
import type { ListenerTls } from '../../ports.js';

const HSTS_S = 180 * 24 * 3_600;

/**
 * Cookies get `Secure` here and nowhere else, so that none can be forgotten. HSTS goes with the retailer's certificate
 * alone: a browser that has not installed the store's root would be locked out of its pages for half a year.
 */
export function secureAnswers(tls: Pick<ListenerTls, 'isRetailers'>): RequestHandler {
  return (request, response, next) => {
    const socket = request.socket as Partial<TLSSocket>;
    if (socket.encrypted !== true) return next();
    const setHeader = response.setHeader.bind(response);
    response.setHeader = (name, value) =>
      setHeader(name, name.toLowerCase() === 'set-cookie' ? secured(value) : value);
    const name = typeof socket.servername === 'string' ? socket.servername : undefined;
    if (tls.isRetailers(name)) setHeader('strict-transport-security', `max-age=${HSTS_S}`);
    next();
  };
}

function secured(value: number | string | readonly string[]): string | string[] {
  const one = (cookie: string): string => (/;\s*secure\b/i.test(cookie) ? cookie : `${cookie}; Secure`);
  return typeof value === 'object' ? value.map(one) : one(String(value));
}
