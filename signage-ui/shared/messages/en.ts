import { journalEn } from './en-journal.js';
import { pushEn } from './en-push.js';
import { rightsEn } from './en-rights.js';
import { shopperEn } from './en-shopper.js';
import { staffEn } from './en-staff.js';

/** Every sentence of the pages in English. A further language is one more file of this shape. */

const plural = (amount: number, one: string, many: string): string => (amount === 1 ? one : many);

export const en = {
  common: {
    language: 'English',
    minutes: (minutes: number) => `${minutes} min`,
    hours: (hours: number, minutes: number) => (minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`),
    seconds: (seconds: number) => `${seconds} s`,
    days: (days: number) => `${days} ${plural(days, 'day', 'days')}`,
    close: 'Close',
    retry: 'Try again',
    gone: (since: string) => `No answer from the store since ${since}. This page reconnects by itself.`,
    nextTry: (time: string) => `Next try in ${time}`,
    trying: 'Trying now',
    tryNow: 'Try now',
    stale: (age: string) => `What you see is ${age} old. Waiting for the store.`,
    connecting: 'Connecting to the store',
    refused: 'This page needs a session. Open the link that the console printed when the store started.',
    broken: 'This part of the page could not be drawn. The rest goes on working.',
  },
  player: {
    insteadOf: (price: string) => `instead of ${price}`,
    forEverybody: 'for everybody',
    until: (time: string) => `until ${time}`,
    left: (left: string, of: string, piece: string) => `${left} of ${of} ${piece} left`,
    leftOnly: (left: string, piece: string) => `${left} ${piece} left`,
    pieces: 'pieces',
    minutesLeft: (minutes: number) => `${minutes} min left`,
    asleep: 'Asleep',
    asleepUntil: (time: string) => `Asleep until ${time}`,
    thisIs: 'This screen is',
    pairing: {
      title: 'A new screen',
      how: 'Type this code in the store’s pages, under “Screens and devices”.',
      left: (time: string) => `Good for ${time}, then another one comes.`,
    },
    house: [
      { headline: 'Good to see you', line: 'Fresh every morning, from people nearby.' },
      { headline: 'Bread from seven', line: 'Baked here, twice a day.' },
      { headline: 'Ask us anything', line: 'We know where everything stands.' },
    ],
  },
  staff: staffEn,
  shopper: shopperEn,
  rights: rightsEn,
  push: pushEn,
  journal: journalEn,
};

export type Messages = typeof en;
