/** An answer that takes its time: told as it goes, one JSON object a line. */
import { type Refusal, toProblem } from '../contracts/index.js';
import { type Answer, isRefusal } from './routes/route.js';

export const LINES = 'application/x-ndjson';

/**
 * Lines of `progress`, and at last one of `result` or `refusal`. What is refused before there is any progress is an
 * ordinary refusal with its status.
 */
export async function answerInLines(
  run: (onProgress: (progress: object) => void) => Promise<object | Refusal>,
): Promise<Answer> {
  let hear: (progress: object) => void = () => undefined;
  const begun = new Promise<undefined>((resolve) => {
    hear = () => resolve(undefined);
  });
  const running = run((progress) => hear(progress));
  const early = await Promise.race([running, begun]);
  if (early !== undefined && isRefusal(early)) return early;
  return {
    status: 200,
    headers: { 'content-type': LINES },
    stream(response) {
      const write = (line: object): boolean => response.write(`${JSON.stringify(line)}\n`);
      hear = (progress) => {
        // Who reads slowly hears less often.
        if (!response.writableNeedDrain) write({ progress });
      };
      running.then(
        (answer) => {
          write(isRefusal(answer) ? { refusal: toProblem(answer, response.req.path) } : { result: answer });
          response.end();
        },
        (error: Error) => response.destroy(error),
      );
    },
  };
}
