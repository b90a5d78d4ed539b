/** Names worked out in one turn of the loop: about a millisecond on a small box. */
export const NAMES_A_TURN = 100;
const SLOTS_MIN = 1_024;
/** A name begins with four bytes of chance, which stand for it here; who asks compares the whole name. */
const PREFIX_CHARACTERS = 6;
const PREFIX_BYTES = 4;

/**
 * Who may be meant by a name of one day: beginnings of names → place of a shopper in a list. Numbers alone, because
 * a table of texts for each day would take most of the memory of a small box.
 */
export function createDayNames() {
  let prefixes = new Uint32Array(SLOTS_MIN);
  /** Place + 1; 0 is free. */
  let places = new Uint32Array(SLOTS_MIN);
  let held = 0;
  const put = (prefix: number, place: number): void => {
    const mask = places.length - 1;
    let slot = prefix & mask;
    while (places[slot] !== 0) slot = (slot + 1) & mask;
    prefixes[slot] = prefix;
    places[slot] = place;
    held += 1;
  };
  const grow = (): void => {
    const [oldPrefixes, oldPlaces] = [prefixes, places];
    prefixes = new Uint32Array(oldPlaces.length * 2);
    places = new Uint32Array(oldPlaces.length * 2);
    held = 0;
    oldPlaces.forEach((place, slot) => {
      if (place !== 0) put(oldPrefixes[slot] as number, place);
    });
  };
  return {
    /** How many shoppers of the list are in the table: all those before this place. */
    entered: 0,
    add(prefix: number, place: number): void {
      if (held * 2 >= places.length) grow();
      put(prefix, place + 1);
    },
    /** Places of those who may be meant; hardly ever more than one. */
    find(name: string): number[] {
      const prefix = prefixOf(name);
      const mask = places.length - 1;
      const found: number[] = [];
      for (let slot = prefix & mask; places[slot] !== 0; slot = (slot + 1) & mask)
        if (prefixes[slot] === prefix) found.push((places[slot] as number) - 1);
      return found;
    },
  };
}

export type DayNames = ReturnType<typeof createDayNames>;

function prefixOf(name: string): number {
  const bytes = Buffer.from(name.slice(0, PREFIX_CHARACTERS), 'base64url');
  return bytes.length < PREFIX_BYTES ? 0 : bytes.readUInt32BE(0);
}
