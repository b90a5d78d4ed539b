/** One cell of the table of who may what, in words, and whether it is open. */
export type Cells = ReadonlyMap<string, boolean>;

/** Cells in which what was asked is not what is expected; one that was not asked differs, too. */
export function differences(expected: Cells, asked: Cells): string[] {
  const names = new Set([...expected.keys(), ...asked.keys()]);
  return [...names]
    .filter((name) => expected.get(name) !== asked.get(name))
    .map((name) => `${name}: ${said(asked.get(name))}, not ${said(expected.get(name))}`);
}

const said = (open: boolean | undefined): string => (open === undefined ? 'not asked' : open ? 'yes' : 'no');
