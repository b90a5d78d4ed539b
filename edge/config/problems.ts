/** One thing wrong with the configuration: where it stands, what was expected, what was found. */
export interface ConfigProblem {
  readonly file: string;
  readonly line?: number;
  /** JSON pointer of the field. */
  readonly field: string;
  readonly expected: string;
}

/** All problems at once; the process ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(sentence).join('\n'));
  }
}

/** `file:line`, as editors and terminals open it. */
export function placeOf({ file, line }: ConfigProblem): string {
  return line === undefined ? file : `${file}:${line}`;
}

function sentence(problem: ConfigProblem): string {
  const place = placeOf(problem);
  return problem.field === '' || problem.field === '/'
    ? `${place}  ${problem.expected}`
    : `${place}  ${problem.field}: ${problem.expected}`;
}
