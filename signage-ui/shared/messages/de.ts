import { journalDe } from './de-journal.js';
import { pushDe } from './de-push.js';
import { rightsDe } from './de-rights.js';
import { shopperDe } from './de-shopper.js';
import { staffDe } from './de-staff.js';
import type { Messages } from './en.js';

const plural = (amount: number, one: string, many: string): string => (amount === 1 ? one : many);

export const de: Messages = {
  common: {
    language: 'Deutsch',
    minutes: (minutes) => `${minutes} min`,
    hours: (hours, minutes) => (minutes === 0 ? `${hours} Std.` : `${hours} Std. ${minutes} min`),
    seconds: (seconds) => `${seconds} s`,
    days: (days) => `${days} ${plural(days, 'Tag', 'Tage')}`,
    close: 'Schließen',
    retry: 'Noch einmal versuchen',
    gone: (since) =>
      `Seit ${since} keine Antwort aus dem Laden. Diese Seite verbindet sich von selbst wieder.`,
    nextTry: (time) => `Nächster Versuch in ${time}`,
    trying: 'Wird gerade versucht',
    tryNow: 'Jetzt versuchen',
    stale: (age) => `Was Sie sehen, ist ${age} alt. Warten auf den Laden.`,
    connecting: 'Verbindung zum Laden wird aufgebaut',
    refused:
      'Diese Seite braucht eine Anmeldung. Öffnen Sie den Link, den die Konsole beim Start gezeigt hat.',
    broken: 'Dieser Teil der Seite ließ sich nicht zeichnen. Alles andere läuft weiter.',
  },
  player: {
    insteadOf: (price) => `statt ${price}`,
    forEverybody: 'für alle',
    until: (time) => `bis ${time}`,
    left: (left, of, piece) => `noch ${left} von ${of} ${piece}`,
    leftOnly: (left, piece) => `noch ${left} ${piece}`,
    pieces: 'Stück',
    minutesLeft: (minutes) => `noch ${minutes} min`,
    asleep: 'Schläft',
    asleepUntil: (time) => `Schläft bis ${time}`,
    thisIs: 'Dieser Bildschirm heißt',
    pairing: {
      title: 'Ein neuer Bildschirm',
      how: 'Diesen Code auf den Seiten des Ladens eingeben, unter „Bildschirme und Geräte“.',
      left: (time) => `Gilt noch ${time}, danach kommt ein anderer.`,
    },
    house: [
      { headline: 'Schön, dass Sie da sind', line: 'Jeden Morgen frisch, von Leuten aus der Nähe.' },
      { headline: 'Brot ab sieben', line: 'Hier gebacken, zweimal am Tag.' },
      { headline: 'Fragen Sie uns', line: 'Wir wissen, wo alles steht.' },
    ],
  },
  staff: staffDe,
  shopper: shopperDe,
  rights: rightsDe,
  push: pushDe,
  journal: journalDe,
};
