import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Conditions, type Figure, keeps, loadNow } from './figures.js';

const PATH = 'test/bench/RESULTS.md';
const HEAD = `# Benchmark results

Written by \`npm run bench -- <name>\`, newest run of each benchmark. The program is the built one, started as a store
starts it (\`link\`: with a listener that notes when each decision was durable); the load comes from another process on
the same machine. A figure without a limit is for information. \`waited for a core\` is how long the store's main thread
could have run and got no core, of each second: where others take the machine, it is they who make the latencies.
`;

/** Replace the section of one benchmark and leave the others as they are. */
export function writeResults(bench: string, figures: readonly Figure[], conditions: Conditions): void {
  const old = existsSync(PATH) ? readFileSync(PATH, 'utf8') : HEAD;
  const [, ...sections] = old.split(/^## /m);
  const kept = sections
    .filter((section) => !section.startsWith(`${bench}\n`))
    .map((section) => section.trimEnd());
  const all = [...kept, sectionOf(bench, figures, conditions)].sort();
  writeFileSync(PATH, `${HEAD}\n${all.map((section) => `## ${section}\n`).join('\n')}`);
}

function sectionOf(bench: string, figures: readonly Figure[], conditions: Conditions): string {
  const { date, machine, node, commit, load } = conditions;
  const ended = loadNow();
  const rows = figures.map((figure) => {
    const value = `${Math.round(figure.value * 100) / 100} ${figure.unit}`;
    return `| ${figure.case} | ${figure.metric} | ${value}${besideOf(figure)} | ${limitOf(figure)} |`;
  });
  return [
    bench,
    '',
    `${date}, ${machine}, Node ${node}, commit ${commit}, load ${load} when it began, ${ended} when it ended.${busy(conditions)}`,
    '',
    '| case | metric | value | limit |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function besideOf({ peer, peerValue, unit }: Figure): string {
  return peerValue === undefined ? '' : ` (${peer}: ${Math.round(peerValue * 100) / 100} ${unit})`;
}

/** A missed limit on a busy machine says little; it must not pass for a finding. */
function busy({ load, cores }: Conditions): string {
  return load <= cores / 2 ? '' : ' **The machine had other work**: read the times as upper bounds.';
}

function limitOf(figure: Figure): string {
  const { limit, unit } = figure;
  if (limit === undefined) return '';
  const words = [
    limit.most === undefined ? '' : `at most ${limit.most} ${unit}`,
    limit.least === undefined ? '' : `at least ${limit.least} ${unit}`,
  ];
  return `${words.filter(Boolean).join(', ')}: ${keeps(figure) ? 'kept' : '**missed**'}`;
}
