import type { VesselColours } from './vessels.js';

/** Glass, tin and carton of the products, each with its light and its dark side. */
export const GREEN_GLASS: VesselColours = {
  body: '#2f5d3e',
  side: '#24492f',
  shine: '#6d9a6a',
  cap: '#c99a2e',
  capSide: '#a87d1f',
  label: '#f7f0db',
  labelSide: '#e7dcbb',
  trim: '#c99a2e',
};
export const BROWN_GLASS: VesselColours = {
  ...GREEN_GLASS,
  body: '#6b3b1a',
  side: '#4f2910',
  shine: '#a8703f',
  cap: '#b3402a',
  capSide: '#8d2f1e',
};
export const PINK_GLASS: VesselColours = {
  ...GREEN_GLASS,
  body: '#e08e92',
  side: '#c97278',
  shine: '#f6c4c2',
  cap: '#7d2338',
  capSide: '#5d1728',
  trim: '#7d2338',
};
export const COLA: VesselColours = {
  body: '#35191b',
  side: '#241012',
  shine: '#7d5553',
  cap: '#e3b23c',
  capSide: '#c4942a',
  label: '#15374d',
  labelSide: '#0f2839',
  trim: '#e3b23c',
};
export const CLEAR: VesselColours = {
  ...COLA,
  body: '#9ecbe2',
  side: '#7fb3ce',
  shine: '#e4f3fa',
  cap: '#1b6488',
  capSide: '#124b68',
  label: '#f5fbfe',
  labelSide: '#d6e9f2',
  trim: '#1b6488',
};
export const YELLOW_CAN: VesselColours = {
  ...COLA,
  body: '#f0d64a',
  side: '#d6b92c',
  shine: '#fbf0ae',
  cap: '#cfd3d4',
  capSide: '#a9afb2',
  label: '#fff',
  labelSide: '#eee',
  trim: '#4d7f35',
};
export const OAT: VesselColours = {
  ...COLA,
  body: '#f4ead6',
  side: '#ddcdae',
  shine: '#fffaf0',
  cap: '#1f6279',
  capSide: '#164b5d',
  label: '#f8f1e2',
  labelSide: '#e2d4b8',
  trim: '#1f6279',
};
export const JAM: VesselColours = {
  ...COLA,
  body: '#a81f3a',
  side: '#82142a',
  shine: '#d9647a',
  cap: '#f3e6cf',
  capSide: '#d8c6a5',
  label: '#fdf5e4',
  labelSide: '#ecdcbe',
  trim: '#c8506a',
};

export const GINGER_CAN: VesselColours = {
  ...YELLOW_CAN,
  body: '#d9a441',
  side: '#b9832a',
  shine: '#f0cd87',
  trim: '#7a5417',
};
export const RED_CAN: VesselColours = {
  ...YELLOW_CAN,
  body: '#a8322a',
  side: '#83221c',
  shine: '#d4695c',
  trim: '#fdeadf',
};
export const LEMON_GLASS: VesselColours = {
  ...GREEN_GLASS,
  body: '#dccb62',
  side: '#c2b048',
  shine: '#f3eab0',
  cap: '#4d7f35',
  capSide: '#3a6328',
  trim: '#4d7f35',
};
export const TEA: VesselColours = {
  ...COLA,
  body: '#b5612a',
  side: '#94491b',
  shine: '#dd9a68',
  cap: '#f5e3cd',
  capSide: '#dcc4a5',
  label: '#fdf3e4',
  labelSide: '#eddcc2',
  trim: '#f5e3cd',
};
export const APPLE_CARTON: VesselColours = { ...OAT, cap: '#56701a', capSide: '#43580f', trim: '#56701a' };
export const ORANGE_CARTON: VesselColours = { ...OAT, cap: '#c96a12', capSide: '#a4520c', trim: '#c96a12' };
