/**
 * Who makes room where there are too many: of the address that holds too many, or of all the one that holds the most.
 * Those who take nothing go first, then those who have not said who they are, then those who ask for nothing; each time
 * the one that has been it for longest. Whoever said who it is and is being answered is pushed out by nobody.
 */
export interface CrowdLimits {
  readonly perAddress: number;
  readonly all: number;
}

const YIELDING = ['stalled', 'stranger', 'idle'] as const;
export type Yielding = (typeof YIELDING)[number];

type Group<M> = Record<Yielding | 'everybody', Set<M>>;

export interface Crowd<M> {
  /** Who has to go now, if anybody; the newcomer itself where nobody else can. */
  enter(member: M, address: string): M | undefined;
  leave(member: M): void;
  mark(member: M, as: Yielding, isIt: boolean): void;
  members(): Iterable<M>;
}

export function createCrowd<M>(limits: CrowdLimits): Crowd<M> {
  const groups = new Map<string, Group<M>>();
  const addresses = new Map<M, string>();
  const groupOf = (member: M): Group<M> | undefined => groups.get(addresses.get(member) ?? '');

  /** Looked for only when the house is full. */
  const fromTheLargest = (newcomer: M): M | undefined => {
    let most = 0;
    let found: M | undefined;
    for (const group of groups.values()) {
      if (group.everybody.size <= most) continue;
      const one = whoYields(group, newcomer);
      if (one === undefined) continue;
      most = group.everybody.size;
      found = one;
    }
    return found;
  };

  return {
    enter(member, address) {
      const group = groups.get(address) ?? emptyGroup<M>();
      groups.set(address, group);
      addresses.set(member, address);
      for (const set of [group.everybody, group.stranger, group.idle]) set.add(member);
      if (group.everybody.size > limits.perAddress) return whoYields(group, member) ?? member;
      return addresses.size > limits.all ? (fromTheLargest(member) ?? member) : undefined;
    },
    leave(member) {
      const group = groupOf(member);
      if (group === undefined) return;
      for (const set of Object.values(group)) set.delete(member);
      if (group.everybody.size === 0) groups.delete(addresses.get(member)!);
      addresses.delete(member);
    },
    mark(member, as, isIt) {
      const set = groupOf(member)?.[as];
      if (isIt) set?.add(member);
      else set?.delete(member);
    },
    members: () => addresses.keys(),
  };
}

const emptyGroup = <M>(): Group<M> => ({
  everybody: new Set(),
  stalled: new Set(),
  stranger: new Set(),
  idle: new Set(),
});

function whoYields<M>(group: Group<M>, newcomer: M): M | undefined {
  for (const kind of YIELDING) {
    for (const member of group[kind]) if (member !== newcomer) return member;
  }
  return undefined;
}
