const plural = (amount: number, one: string, many: string): string => (amount === 1 ? one : many);

/** Words for looking after the screens: pairing, naming, sending away. */
export const screensEn = {
  pair: 'Pair a screen',
  names: 'Show all names',
  named: (amount: number) =>
    amount === 0
      ? 'No screen is there to show its name.'
      : `${amount} ${plural(amount, 'screen shows its name', 'screens show their names')} for ten seconds.`,
  namesOne: 'Show its name',
  namedOne: (name: string) => `${name} shows its name for ten seconds.`,
  silentOne: (name: string) => `${name} is silent and cannot show its name.`,
  failed: (why: string) => `That did not work: ${why}`,
  actions: 'Action',
  code: 'Code on the screen',
  codeHint: 'Open /screen on the player. It shows six letters and digits, for ten minutes.',
  codeMissing: 'Type the six letters and digits that the screen shows.',
  which: 'Which screen is it?',
  fresh: 'A new one',
  replaces: (name: string) => `The player that is ${name} until now shows a code again.`,
  name: 'Name',
  nameHint: 'What people in the shop call it: “by the fridge”.',
  nameMissing: 'Give it a name.',
  zone: 'Where it hangs',
  way: 'How it hangs',
  ways: { landscape: 'Wide', portrait: 'Tall' },
  go: 'Pair it',
  busy: 'Pairing',
  paired: (name: string) => `${name} is paired and begins to play.`,
  reasons: {
    PairingCodeUnknown: 'No screen shows this code. Read it once more.',
    PairingCodeExpired: 'This code is past its ten minutes. The screen shows another one by now.',
    PairingCodeUsed: 'This code has been used. Where the screen still shows a code, type that.',
    TooManyRequests: 'Too many wrong codes. Wait a minute.',
    NotAllowed: 'Your role may look at this, not change it.',
  } as Readonly<Record<string, string>>,
  away: 'Send away',
  awayNamed: (name: string) => `Send the player of ${name} away`,
  awayAsk: (name: string) =>
    `It stops at once and shows a pairing code. ${name} stays a screen of the store and plays again once a player is paired for it.`,
  awayDone: (name: string) => `The player of ${name} is sent away.`,
  asleep: 'Asleep',
  asleepRest: 'outside its hours',
  never: 'no player was ever paired',
};
export type ScreenWords = typeof screensEn;
