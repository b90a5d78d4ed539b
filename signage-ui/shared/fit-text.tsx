import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const SMALLEST = 0.18;

/** Largest scale in [SMALLEST, 1] at which the child fits its box, found by halving. */
function fittingScale(box: HTMLElement, text: HTMLElement): number {
  const fits = (scale: number): boolean => {
    text.style.fontSize = `${scale}em`;
    return text.scrollWidth <= box.clientWidth + 1 && text.scrollHeight <= box.clientHeight + 1;
  };
  if (fits(1)) return 1;
  let low = SMALLEST;
  let high = 1;
  for (let step = 0; step < 7; step += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Text that keeps its designed size while it fits and shrinks otherwise, so that no name is ever cut on a sign.
 * The box gets its measures from the style sheet; the text inside scales against it.
 */
export function FitText({ class: className, children }: { class: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const refit = (): void => {
      if (box.current === null || text.current === null) return;
      text.current.style.fontSize = `${fittingScale(box.current, text.current)}em`;
    };
    refit();
    addEventListener('resize', refit);
    document.fonts?.addEventListener('loadingdone', refit);
    return () => {
      removeEventListener('resize', refit);
      document.fonts?.removeEventListener('loadingdone', refit);
    };
  }, [children]);
  return (
    <div class={className} ref={box}>
      <div class="fit" ref={text}>
        {children}
      </div>
    </div>
  );
}
