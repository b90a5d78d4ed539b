import { storeParts } from '../shared/format.js';
import { LeafMark } from '../shared/icons.js';
import { LANGUAGES } from '../shared/messages/index.js';
import type { ShopperState } from './state.js';

/** A choice of language in the languages' own words. */
export function LanguageChoice({ state }: { state: ShopperState }) {
  const code = state.place.value.locale.split('-')[0]?.toLowerCase() ?? 'en';
  return (
    <label class="language">
      <span class="visually-hidden">{state.messages.value.shopper.language}</span>
      <select value={code} onChange={(event) => state.speak(event.currentTarget.value)}>
        {LANGUAGES.map((language) => (
          <option key={language.code} value={language.code}>
            {language.name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ShopHead({ state }: { state: ShopperState }) {
  return (
    <header class="shop-head">
      <LeafMark class="shop-leaf" />
      <bdi class="shop-name">{storeParts(state.view.value?.storeName ?? '').shop}</bdi>
      <LanguageChoice state={state} />
    </header>
  );
}
