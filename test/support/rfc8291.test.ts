import { describe, expect, it } from 'vitest';
import { browserKeys, decryptPush } from './rfc8291.js';

/** Appendix A of RFC 8291. */
const RECEIVER = {
  privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};
const BODY = Buffer.from(
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  'base64url',
);

describe('the suite’s own decryption', () => {
  it('reads the example of the standard', () => {
    expect(decryptPush(BODY, browserKeys(RECEIVER)).toString()).toBe(
      'When I grow up, I want to be a watermelon',
    );
  });

  it('reads nothing that was touched, and nothing with another key', () => {
    const touched = Buffer.from(BODY);
    touched[BODY.length - 20]! ^= 1;
    expect(() => decryptPush(touched, browserKeys(RECEIVER))).toThrow();
    expect(() => decryptPush(BODY, browserKeys())).toThrow();
  });
});
