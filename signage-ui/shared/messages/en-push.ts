/** What the shopper page says about messages to this phone. */
export const pushEn = {
  states: {
    looking: 'One moment',
    insecure: 'Not on this address',
    unsupported: 'Not in this browser',
    install: 'Not yet on this phone',
    denied: 'Blocked in this browser',
    none: 'This shop sends none',
    off: 'Off on this phone',
    working: 'One moment',
    on: 'On for this phone',
  },
  turnOn: 'Turn on',
  turnOff: 'Turn off',
  failed: 'That did not work. Nothing has changed.',
  help: {
    insecure:
      'Messages need a page that came over a secure connection (https). Your offers are here on the page all the same.',
    unsupported:
      'This browser knows no messages. Your offers are here on the page all the same; another browser on this phone may know them.',
    install:
      'Put this page on your home screen first (share, then “Add to Home Screen”), and open it from there.',
    denied:
      'You or your browser said no for this page. To change it: the sign left of the address, then permissions, then notifications, then allow; then come back here.',
    none: 'Your offers are here on the page.',
    off: 'Your browser asks once whether this page may notify you. An offer then comes while you are in the shop, a few a day at most, and not in its quiet hours.',
    on: 'An offer comes while you are in the shop, a few a day at most, and not in its quiet hours. It shows on the locked screen; how, you set in your phone.',
  },
};
