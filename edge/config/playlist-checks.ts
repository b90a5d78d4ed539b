import type { Campaign, Screen } from '../contracts/index.js';

export interface PlaylistProblem {
  /** JSON pointer into store.yaml. */
  readonly field: string;
  readonly text: string;
}

/** Places of a playlist that could never show anything. */
export function playlistProblems(
  screens: readonly Screen[],
  campaigns: readonly Pick<Campaign, 'id'>[],
): readonly PlaylistProblem[] {
  const known = new Set(campaigns.map(({ id }) => id));
  return screens.flatMap(({ playlist = [] }, screen) =>
    playlist.flatMap((item, place): PlaylistProblem[] => {
      const field = `/screens/${screen}/playlist/${place}`;
      if (item.show === 'media' && item.media === undefined) {
        return [{ field, text: 'shows media, but names no file under `media`' }];
      }
      if (item.campaign !== undefined && !known.has(item.campaign)) {
        return [
          {
            field: `${field}/campaign`,
            text: `names campaign "${item.campaign}", which no campaign file has`,
          },
        ];
      }
      return [];
    }),
  );
}
