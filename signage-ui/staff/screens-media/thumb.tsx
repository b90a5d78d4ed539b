import { useState } from 'preact/hooks';
import { addressOf } from './api.js';

export const isFilm = (name: string): boolean => /\.(mp4|webm)$/.test(name);
/** Enough of the hash to tell two files apart when reading them aloud. */
export const shortName = (name: string): string => name.slice(0, 8);

/** What a file looks like; of a film its first picture. Words beside it say the rest. */
export function Thumb({ name }: { name: string }) {
  const [missing, setMissing] = useState(false);
  // Without the store a browser would draw its own sign for a broken picture.
  if (missing) return <span class="thumb" />;
  if (isFilm(name)) {
    return (
      <video
        class="thumb"
        src={`${addressOf(name)}#t=0.1`}
        preload="metadata"
        muted
        playsInline
        aria-hidden="true"
        tabIndex={-1}
      />
    );
  }
  return (
    <img
      class="thumb"
      src={addressOf(name)}
      loading="lazy"
      decoding="async"
      alt=""
      onError={() => setMissing(true)}
    />
  );
}
