import { useState } from 'preact/hooks';
import type { Offer, SignageContent, Slide } from '../../edge/contracts/index.js';
import { ArtScene, artFor, paletteOf } from '../shared/art/index.js';
import { FitText } from '../shared/fit-text.js';
import { count, hourMinute, money, priceParts, storeParts } from '../shared/format.js';
import { LeafMark } from '../shared/icons.js';
import type { Messages } from '../shared/messages/index.js';
import { houseLine } from './house.js';
import { type Film, MediaSlide } from './media-slide.js';
import { PiecesLeft } from './pieces-left.js';

interface SlideProps {
  readonly slide: Slide;
  readonly content: SignageContent | undefined;
  readonly messages: Messages;
  /** Counts the showings of this screen. */
  readonly turn: number;
  readonly film?: Film;
}

interface Where {
  readonly locale: string;
  readonly timeZone: string;
  readonly storeName: string;
}

/** An offer that ends within this is announced with its hour; a longer one is "for everybody". */
const NEAR_END_MS = 14 * 3_600_000;

const BUILT_IN_ART = ['strawberries', 'sourdough', 'coffee'] as const;

export function SlideView({ slide, content, messages, turn, film }: SlideProps) {
  const where: Where = {
    locale: content?.locale ?? navigator.language,
    timeZone: content?.timeZone ?? 'UTC',
    storeName: content?.storeName ?? '',
  };
  if (slide.media !== undefined && film !== undefined) return <MediaSlide slide={slide} film={film} />;
  return slide.offer === undefined ? (
    <HouseSlide slide={slide} turn={turn} where={where} messages={messages} />
  ) : (
    <OfferSlide slide={slide} offer={slide.offer} where={where} messages={messages} />
  );
}

function Mark({ storeName }: { storeName: string }) {
  return (
    <p class="mark">
      <LeafMark class="mark-leaf" />
      <bdi class="mark-name">{storeParts(storeName).shop}</bdi>
    </p>
  );
}

function Price({ offer, locale }: { offer: Offer; locale: string }) {
  return (
    <FitText class="price">
      {priceParts(offer.priceMinor, { locale, currency: offer.currency }).map((part) => (
        <span class={part.kind === 'symbol' ? 'price-symbol' : 'price-digits'}>{part.text}</span>
      ))}
    </FitText>
  );
}

/** `instead of €3.50, until 20:00` */
function insteadLine(offer: Offer, where: Where, messages: Messages): string {
  const ends = Date.parse(offer.validUntil) - Date.now();
  const hour = hourMinute(offer.validUntil, where);
  // Midnight only says that the campaign runs by the day.
  const byTheDay = hourMinute(offer.validUntil, { ...where, locale: 'en-GB' }) === '00:00';
  const tail = ends < NEAR_END_MS && !byTheDay ? messages.player.until(hour) : messages.player.forEverybody;
  if (offer.wasMinor <= offer.priceMinor) return tail;
  const was = money(offer.wasMinor, { locale: where.locale, currency: offer.currency });
  return `${messages.player.insteadOf(was)}, ${tail}`;
}

function OfferSlide(props: { slide: Slide; offer: Offer; where: Where; messages: Messages }) {
  const { slide, offer, where, messages } = props;
  const art = artFor(offer.art, offer.name);
  const { ground, ink, tick, tickOff } = paletteOf(art);
  const small = [offer.smallPrint ?? [offer.name, offer.size].filter(Boolean).join(', ')].join(' ');
  return (
    <article
      class="slide"
      style={{ '--ground': ground, '--on-ground': ink, '--tick': tick, '--tick-off': tickOff }}
    >
      <ArtScene art={art} class="art" />
      <h1 class="headline-box">
        <FitText class="headline" text={slide.headline ?? offer.headline} />
      </h1>
      <Price offer={offer} locale={where.locale} />
      <FitText class="instead" text={insteadLine(offer, where, messages)} />
      <PiecesLeft
        left={offer.piecesLeft}
        of={offer.piecesOf}
        piece={offer.pieceName ?? messages.player.pieces}
        write={(amount) => count(amount, where.locale)}
        messages={messages}
      />
      <FitText class="small-print" text={small} />
      <Mark storeName={where.storeName} />
    </article>
  );
}

/** Keeps the picture that it was drawn with: each showing gets another, none changes while it is on. */
function HouseSlide(props: { slide: Slide; turn: number; where: Where; messages: Messages }) {
  const { slide, where, messages } = props;
  const [turn] = useState(props.turn);
  const own = slide.headline ?? '';
  const pictures = messages.player.house;
  // A slide that only carries the shop's name leaves the words to the player; the name stands below anyway.
  const picture = own === '' || own === where.storeName ? pictures[turn % pictures.length] : undefined;
  const headline = picture?.headline ?? own;
  // Words about bread get bread; words about nothing take their turn.
  const named = artFor(undefined, headline);
  const art = named === 'neutral' ? (BUILT_IN_ART[turn % BUILT_IN_ART.length] ?? 'neutral') : named;
  const { ground, ink, tick, tickOff } = paletteOf(art);
  return (
    <article
      class="slide slide-house"
      style={{ '--ground': ground, '--on-ground': ink, '--tick': tick, '--tick-off': tickOff }}
    >
      <ArtScene art={art} class="art" />
      <h1 class="headline-box">
        <FitText class="headline" text={headline} />
      </h1>
      <FitText class="instead" text={slide.line ?? picture?.line ?? houseLine(slide, messages)} />
      <Mark storeName={where.storeName} />
    </article>
  );
}
