import type { ScreenWords } from './en-screens.js';

const plural = (amount: number, one: string, many: string): string => (amount === 1 ? one : many);

export const screensDe: ScreenWords = {
  pair: 'Bildschirm koppeln',
  names: 'Alle Namen zeigen',
  named: (amount) =>
    amount === 0
      ? 'Kein Bildschirm ist da, der seinen Namen zeigen könnte.'
      : `${amount} ${plural(amount, 'Bildschirm zeigt seinen Namen', 'Bildschirme zeigen ihre Namen')}, zehn Sekunden lang.`,
  namesOne: 'Namen zeigen',
  namedOne: (name) => `${name} zeigt seinen Namen, zehn Sekunden lang.`,
  silentOne: (name) => `${name} ist still und kann seinen Namen nicht zeigen.`,
  failed: (why) => `Das ging nicht: ${why}`,
  actions: 'Aktion',
  code: 'Code auf dem Bildschirm',
  codeHint: 'Auf dem Abspielgerät /screen öffnen. Es zeigt zehn Minuten lang sechs Buchstaben und Ziffern.',
  codeMissing: 'Die sechs Buchstaben und Ziffern eingeben, die der Bildschirm zeigt.',
  which: 'Welcher Bildschirm ist es?',
  fresh: 'Ein neuer',
  replaces: (name) => `Das Gerät, das bisher ${name} war, zeigt wieder einen Code.`,
  name: 'Name',
  nameHint: 'Wie die Leute im Laden ihn nennen: „am Kühlregal“.',
  nameMissing: 'Bitte einen Namen geben.',
  zone: 'Wo er hängt',
  way: 'Wie er hängt',
  ways: { landscape: 'Quer', portrait: 'Hochkant' },
  go: 'Koppeln',
  busy: 'Wird gekoppelt',
  paired: (name) => `${name} ist gekoppelt und beginnt zu spielen.`,
  reasons: {
    PairingCodeUnknown: 'Diesen Code zeigt kein Bildschirm. Bitte noch einmal ablesen.',
    PairingCodeExpired:
      'Die zehn Minuten dieses Codes sind um. Der Bildschirm zeigt inzwischen einen anderen.',
    PairingCodeUsed: 'Dieser Code ist verbraucht. Zeigt der Bildschirm noch einen Code, dann bitte diesen.',
    TooManyRequests: 'Zu viele falsche Codes. Bitte eine Minute warten.',
    NotAllowed: 'Ihre Rolle darf das ansehen, aber nicht ändern.',
  },
  away: 'Wegschicken',
  awayNamed: (name) => `Das Gerät von ${name} wegschicken`,
  awayAsk: (name) =>
    `Es hört sofort auf und zeigt einen Code. ${name} bleibt ein Bildschirm des Ladens und spielt wieder, sobald ein Gerät dafür gekoppelt ist.`,
  awayDone: (name) => `Das Gerät von ${name} ist weggeschickt.`,
  asleep: 'Schläft',
  asleepRest: 'außerhalb seiner Zeiten',
  never: 'noch nie war ein Gerät gekoppelt',
};
