import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Share of its designed size below which a text never shrinks, where the style sheet names no `--least`. */
const SMALLEST = 0.18;
const HALVINGS = 7;

/** Largest scale between `least` and 1 at which the text fits, found by halving; `undefined` when none does. */
function fittingScale(fits: (scale: number) => boolean, least: number): number | undefined {
  if (fits(1)) return 1;
  if (!fits(least)) return undefined;
  let low = least;
  let high = 1;
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Largest amount from 0 to `most` that fits, found by halving. */
function mostThatFit(most: number, fits: (amount: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** As many whole words as fit, then an ellipsis; of a word that is wider than its sign, as many letters. */
export function shortened(text: string, fits: (shorter: string) => boolean): string {
  const cut = (parts: readonly string[], amount: number): string =>
    `${parts
      .slice(0, amount)
      .join('')
      .replace(/[\s,;:.–-]+$/u, '')}…`;
  const words = text.match(/\S+\s*/gu) ?? [];
  const whole = mostThatFit(words.length - 1, (amount) => fits(cut(words, amount)));
  if (whole > 0) return cut(words, whole);
  const letters = [...new Intl.Segmenter().segment(words[0] ?? '')].map(({ segment }) => segment);
  return cut(
    letters,
    mostThatFit(letters.length, (amount) => fits(cut(letters, amount))),
  );
}

function settle(box: HTMLElement, text: HTMLElement, words: Text | undefined, said: string): void {
  if (words !== undefined) words.data = said;
  const measured = (scale: number): boolean => {
    text.style.fontSize = `${scale}em`;
    return text.scrollWidth <= box.clientWidth + 1 && text.scrollHeight <= box.clientHeight + 1;
  };
  const named = Number.parseFloat(getComputedStyle(box).getPropertyValue('--least'));
  const least = words === undefined || Number.isNaN(named) ? SMALLEST : named;
  // A word is made smaller before it is broken, and broken only where it would have to be too small.
  text.style.overflowWrap = 'normal';
  const whole = fittingScale(measured, least);
  text.style.overflowWrap = '';
  const scale = whole ?? fittingScale(measured, least) ?? least;
  text.style.fontSize = `${scale}em`;
  if (words === undefined || measured(scale)) return;
  words.data = shortened(said, (shorter) => {
    words.data = shorter;
    return measured(scale);
  });
}

interface FitTextProps {
  readonly class: string;
  /** Words that end in an ellipsis rather than become too small to read from where people stand. */
  readonly text?: string;
  /** What is never cut, as a price is: it shrinks as far as it must. */
  readonly children?: ComponentChildren;
}

/**
 * Text that keeps its designed size while it fits and shrinks otherwise, down to what is legible. The box gets its
 * measures, and with `--least` the floor, from the style sheet; the text inside scales against it.
 */
export function FitText({ class: className, text, children }: FitTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const bdi = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const refit = (): void => {
      if (box.current === null || inner.current === null) return;
      const words = bdi.current?.firstChild;
      settle(box.current, inner.current, words instanceof Text ? words : undefined, text ?? '');
    };
    refit();
    addEventListener('resize', refit);
    document.fonts?.addEventListener('loadingdone', refit);
    return () => {
      removeEventListener('resize', refit);
      document.fonts?.removeEventListener('loadingdone', refit);
    };
  }, [text, children]);
  return (
    <div class={className} ref={box}>
      <div class="fit" ref={inner}>
        {text === undefined ? (
          children
        ) : (
          <bdi key={text} ref={bdi}>
            {text}
          </bdi>
        )}
      </div>
    </div>
  );
}
