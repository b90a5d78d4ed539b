import type { pushEn } from './en-push.js';

export const pushDe: typeof pushEn = {
  states: {
    looking: 'Einen Moment',
    insecure: 'Unter dieser Adresse nicht',
    unsupported: 'In diesem Browser nicht',
    install: 'Auf diesem Telefon noch nicht',
    denied: 'In diesem Browser blockiert',
    none: 'Dieser Laden sendet keine',
    off: 'Auf diesem Telefon aus',
    working: 'Einen Moment',
    on: 'Auf diesem Telefon an',
  },
  turnOn: 'Einschalten',
  turnOff: 'Ausschalten',
  failed: 'Das ging nicht. Es hat sich nichts geändert.',
  help: {
    insecure:
      'Nachrichten brauchen eine Seite, die über eine sichere Verbindung kam (https). Ihre Angebote stehen trotzdem hier auf der Seite.',
    unsupported:
      'Dieser Browser kennt keine Nachrichten. Ihre Angebote stehen trotzdem hier auf der Seite; ein anderer Browser auf diesem Telefon kennt sie vielleicht.',
    install:
      'Legen Sie diese Seite zuerst auf den Startbildschirm (Teilen, dann „Zum Home-Bildschirm“), und öffnen Sie sie von dort.',
    denied:
      'Sie oder Ihr Browser haben für diese Seite nein gesagt. So ändern Sie es: das Zeichen links neben der Adresse, dann Berechtigungen, dann Benachrichtigungen, dann zulassen; danach hierher zurückkommen.',
    none: 'Ihre Angebote stehen hier auf der Seite.',
    off: 'Ihr Browser fragt einmal, ob diese Seite Sie benachrichtigen darf. Ein Angebot kommt dann, während Sie im Laden sind, höchstens ein paar am Tag, und nicht in seinen Ruhezeiten.',
    on: 'Ein Angebot kommt, während Sie im Laden sind, höchstens ein paar am Tag, und nicht in seinen Ruhezeiten. Es steht auch auf dem gesperrten Bildschirm; wie, stellen Sie am Telefon ein.',
  },
};
