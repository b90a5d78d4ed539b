import type { Page } from 'playwright-core';

/** What a finger can hit everywhere; a link inside a sentence may be lower, as in WCAG 2.5.8. */
const LEAST_PX = 44;
const LEAST_INLINE_PX = 24;

/** Whatever may be pressed or filled in and is smaller than a finger, one line each: what, its words, its size. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ least, leastInline }) => {
      const PRESSED =
        'a[href], button, input, select, textarea, summary, [role=button], [role=tab], [tabindex="0"]';
      const isShown = (element: Element): boolean =>
        element.checkVisibility({ opacityProperty: false, visibilityProperty: true }) &&
        element.closest('.visually-hidden, [aria-hidden=true], [inert]') === null;
      /** A label is pressed for its field; a pseudo element may widen what is drawn. */
      const areas = (element: Element): DOMRect[] => {
        const whole = element.closest('label') ?? element;
        return [element, whole].flatMap((one) => {
          const box = one.getBoundingClientRect();
          const { content, position, top, right, bottom, left } = getComputedStyle(one, '::after');
          if (content === 'none' || position !== 'absolute') return [box];
          const [up, across, down, back] = [top, right, bottom, left].map((side) => Number.parseFloat(side));
          const wide = new DOMRect(
            box.x + back!,
            box.y + up!,
            box.width - back! - across!,
            box.height - up! - down!,
          );
          return wide.width >= box.width && wide.height >= box.height ? [box, wide] : [box];
        });
      };
      const isInSentence = (element: Element): boolean =>
        element.matches('a, button') &&
        getComputedStyle(element).display === 'inline' &&
        [...element.parentElement!.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== '',
        );
      return [...document.querySelectorAll(PRESSED)].filter(isShown).flatMap((element) => {
        const boxes = areas(element);
        const width = Math.max(...boxes.map((box) => box.width));
        const height = Math.max(...boxes.map((box) => box.height));
        const inline = isInSentence(element);
        const isBig = inline ? height >= leastInline : height >= least - 0.5 && width >= least - 0.5;
        if (isBig || width === 0) return [];
        const words = element.getAttribute('aria-label') ?? element.textContent!.trim().slice(0, 40);
        const name = `${element.tagName.toLowerCase()}.${element.className}`;
        return [`${name} "${words}" ${Math.round(width)} × ${Math.round(height)}`];
      });
    },
    { least: LEAST_PX, leastInline: LEAST_INLINE_PX },
  );
}
