/** Colours of a creative. Every ink on its ground keeps at least 7:1, because a shop screen is read from afar. */
export interface Palette {
  readonly ground: string;
  readonly ink: string;
  /** The one disc that the product stands before. */
  readonly disc: string;
  readonly tick: string;
  readonly tickOff: string;
}

const palette = (ground: string, ink: string, rest: readonly [string, string, string]): Palette => ({
  ground,
  ink,
  disc: rest[0],
  tick: rest[1],
  tickOff: rest[2],
});

export const PALETTES = {
  elderflower: palette('#17382a', '#fbf5dc', ['#e8dd92', '#e8dd92', '#2f5a45']),
  strawberries: palette('#fadfd4', '#4a0d18', ['#f3b8a8', '#b11a2e', '#eda898']),
  cola: palette('#ebdcb8', '#2b1a12', ['#dfc98f', '#7a3a14', '#d3bf8d']),
  coffee: palette('#2a1b14', '#f9eddf', ['#c98f5a', '#e3b27c', '#543a2b']),
  'iced-coffee': palette('#efe0cf', '#35200f', ['#dbbd9a', '#8a5527', '#d8bd9e']),
  sourdough: palette('#f3e3c6', '#38210f', ['#e2be86', '#8f5519', '#dfc08f']),
  lemonade: palette('#f7f0b8', '#2d3510', ['#ead85f', '#6b7a12', '#ddd07e']),
  'ginger-beer': palette('#3a2a12', '#fdeecd', ['#d9a441', '#e6b95c', '#62491f']),
  jam: palette('#3a1020', '#fde9e5', ['#c8506a', '#f0a0a8', '#672a40']),
  'oat-drink': palette('#dce8ec', '#14313b', ['#a9cbd6', '#1f6279', '#b3ced7']),
  apples: palette('#dfebcb', '#1c3413', ['#b5d48a', '#3f6b1d', '#b9d195']),
  rose: palette('#f7dedc', '#4a1420', ['#edb7b5', '#a4304c', '#e8b9b6']),
  water: palette('#d8eaf3', '#0f3145', ['#a5d0e5', '#1b6488', '#aed2e3']),
  cheese: palette('#f9e7b0', '#3a2805', ['#efcb62', '#85600b', '#e6cd84']),
  chocolate: palette('#f0dfd0', '#351c10', ['#d9b89b', '#7c4527', '#d8bda6']),
  tomatoes: palette('#1f3320', '#fbeee0', ['#e9a27c', '#f0b08c', '#3d5a3c']),
  ale: palette('#f5e2b8', '#33220a', ['#e3bd6a', '#85590c', '#e0c68c']),
  'can-cola': palette('#3b1012', '#fdeadf', ['#c8553f', '#f0a58c', '#68282a']),
  tea: palette('#fbe3cf', '#43200c', ['#f0b98c', '#a4511a', '#ecc5a4']),
  'apple-juice': palette('#e6edc6', '#25330d', ['#c3d27e', '#56701a', '#c9d59b']),
  'orange-juice': palette('#fde4c2', '#452006', ['#f6b765', '#a4520c', '#edc48f']),
  baguette: palette('#f1e2cc', '#37210f', ['#ddb884', '#8a5620', '#dcc19a']),
  croissant: palette('#f7e6c8', '#3c230c', ['#ecc788', '#925a16', '#e6cb9c']),
  bun: palette('#3a2418', '#fbecd8', ['#c08a52', '#e6b783', '#644634']),
  lemons: palette('#1f4034', '#fbf4cf', ['#7fae74', '#f0d23c', '#3b6253']),
  bananas: palette('#fbf0b9', '#3a2f08', ['#efd768', '#7d6408', '#e4d38a']),
  blueberries: palette('#e3e4f4', '#1c234d', ['#b9bee4', '#3a478c', '#bfc4e2']),
  carrots: palette('#233a24', '#fdecd9', ['#e0995c', '#f0a56a', '#425c43']),
  flowers: palette('#f8e3e6', '#48172a', ['#eebcc6', '#a3365a', '#e9c0ca']),
  'snack-bag': palette('#dceae9', '#12353c', ['#a9cfce', '#1d6470', '#b4d2d1']),
  neutral: palette('#efe7d8', '#2c241a', ['#dccfb8', '#7a5c34', '#d5c7ad']),
} as const satisfies Record<string, Palette>;

export type ArtId = keyof typeof PALETTES;
