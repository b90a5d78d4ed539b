/** One step of a walkthrough in a document: a block of code that says where it goes, or commands to run. */
export type WalkStep =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'insert';
      readonly path: string;
      readonly text: string;
      readonly anchor: string;
      readonly below: boolean;
    }
  | { readonly kind: 'run'; readonly command: string };

const BLOCK = /^```(\w+) (.+)\n([\s\S]*?)^```$/gm;
const PLACE = /^(\S+)(?: (below|above) "(.+)")?$/;

/** Blocks with a place in their first line, in the order of the document; other blocks are for people. */
export function walkthroughOf(markdown: string): readonly WalkStep[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, , head = '', text = '']): readonly WalkStep[] => {
    if (head === 'run') {
      const commands = text.trim().split('\n');
      return commands.map((command): WalkStep => ({ kind: 'run', command }));
    }
    const [, path, side, anchor] = PLACE.exec(head) ?? [];
    if (path === undefined) throw new Error(`a block of code says neither a path nor a place: ${head}`);
    if (anchor === undefined) return [{ kind: 'file', path, text }];
    return [{ kind: 'insert', path, text, anchor, below: side === 'below' }];
  });
}

/** The file with the step's lines beside the first line that holds the anchor. */
export function inserted(content: string, step: WalkStep & { kind: 'insert' }): string {
  const lines = content.split('\n');
  const at = lines.findIndex((line) => line.includes(step.anchor));
  if (at < 0) throw new Error(`${step.path} has no line with ${step.anchor}`);
  lines.splice(step.below ? at + 1 : at, 0, step.text.replace(/\n$/, ''));
  return lines.join('\n');
}
