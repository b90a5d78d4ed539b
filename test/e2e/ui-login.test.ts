import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';

const GOOD = 'horse battery staple';
const DESK = { width: 1440, height: 900 };
const SID = 's_0123456789abcdef';
const PHONE = { width: 360, height: 780 };

await describeWith(['chromium'], 'logging in, people and the audit log', () => {
  let store: TestStore;
  let browser: Browser;
  let staff: Page;
  let invitation = '';

  beforeAll(async () => {
    store = await startTestStore();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });

  const fill = async (page: Page, fields: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, value] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).fill(value);
  };
  const press = (page: Page, name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).click();

  it('leads a stranger from the staff page to the claim of a new store, which works by keyboard', async () => {
    const page = await openPage(browser, `${store.url}/`, DESK);
    await page.getByRole('heading', { name: 'Set up this store' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'login-claim');
    const { code } = (await store.call('/v1/claim/code', { token: store.token('admin'), method: 'POST' }))
      .body;
    await page.keyboard.type('2222-2222');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Sam');
    await page.keyboard.press('Tab');
    await page.keyboard.type(GOOD);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That is not the code').waitFor();
    await picture(page, 'login-claim-wrong');
    await fill(page, { 'Claim code': code });
    await page.keyboard.press('Enter');
    await page.locator('.who-subject', { hasText: 'sam' }).waitFor();
    staff = page;
  });

  it('says who one is, and adds somebody, whose link sets a password on a phone', async () => {
    await staff.locator('.who-subject', { hasText: 'sam' }).click();
    await picture(staff, 'staff-who');
    await staff.getByRole('link', { name: 'People' }).click();
    await fill(staff, { 'Name to log in with': 'kim' });
    await staff.locator('.people-add select').selectOption('associate');
    await press(staff, 'Make the account');
    invitation = (await staff.locator('.people-address').textContent()) ?? '';
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-people');
    const phone = await openPage(browser, invitation, PHONE);
    await phone.getByRole('heading', { name: 'Choose a password' }).waitFor();
    expect(phone.url()).not.toContain('ec_');
    await fill(phone, { 'New password': 'password1234' });
    await press(phone, 'Set it and log in');
    await phone.getByText('That password is too easy to guess').waitFor();
    await fill(phone, { 'New password': GOOD });
    await phone.getByLabel('Show the password').check();
    expect(await phone.getByLabel('New password').inputValue()).toBe(GOOD);
    expect(await violations(phone)).toEqual([]);
    await picture(phone, 'login-choose-phone');
    await press(phone, 'Set it and log in');
    await phone.locator('.who-subject', { hasText: 'kim' }).click();
    await phone.getByText('Accounts are for admins.').waitFor();
    await phone.getByText('The audit log is for store managers and admins.').waitFor();
    await picture(phone, 'staff-who-associate-phone');
    await press(phone, 'Log out');
    await phone.getByRole('heading', { name: 'Log in' }).waitFor();
    await phone.goto(invitation);
    await fill(phone, { 'New password': GOOD });
    await press(phone, 'Set it and log in');
    await phone.getByText('This link was used').waitFor();
    await phone.context().close();
  });

  it('logs in with name and password, says what is wrong, and goes on where one was', async () => {
    const page = await openPage(browser, `${store.url}/login#from=journal`, DESK);
    await fill(page, { Name: 'kim', Password: 'not the password' });
    await press(page, 'Log in');
    await page.getByText('Name and password do not fit').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'login-wrong');
    await fill(page, { Password: GOOD });
    await press(page, 'Log in');
    await page.locator('.who-subject', { hasText: 'kim' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#journal');
    await staff.getByRole('row', { name: /kim/ }).getByRole('button', { name: 'Disable' }).click();
    await press(staff, 'Do it');
    await staff.getByText('Say why, or tap one of the ready words.').waitFor();
    await press(staff, 'Left the company');
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-people-why');
    const from = performance.now();
    await press(staff, 'Do it');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(performance.now() - from).toBeLessThan(8_000);
    await page.getByText('You were logged out.').waitFor();
    await page.context().close();
  });

  it('changes one’s own password, says what is wrong in words, and logs out everywhere else', async () => {
    const NEW = 'five quiet copper kettles';
    const elsewhere = await openPage(browser, `${store.url}/login`, DESK);
    await fill(elsewhere, { Name: 'sam', Password: GOOD });
    await press(elsewhere, 'Log in');
    await elsewhere.locator('.who-subject', { hasText: 'sam' }).waitFor();
    await staff.locator('.who-subject', { hasText: 'sam' }).click();
    await staff.getByRole('link', { name: 'Change password' }).click();
    await staff.getByRole('heading', { name: 'Your password' }).waitFor();
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-password');
    const change = async (current: string, next: string): Promise<void> => {
      await fill(staff, { 'Current password': current, 'New password': next });
      await staff.keyboard.press('Enter');
    };
    await change('', NEW);
    await staff.getByRole('alert').getByText('Please fill in every field.').waitFor();
    await change('not my password', NEW);
    await staff.getByRole('alert').getByText('That is not your current password').waitFor();
    expect(await staff.evaluate('document.activeElement.name')).toBe('current');
    expect(await staff.getByLabel('Current password').getAttribute('aria-invalid')).toBe('true');
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-password-wrong');
    await change(GOOD, 'password1234');
    await staff.getByRole('alert').getByText('That password is too easy to guess').waitFor();
    expect(await staff.evaluate('document.activeElement.name')).toBe('password');
    await change(GOOD, NEW);
    await staff.getByRole('status').getByText('Your password is changed.').waitFor();
    for (const label of ['Current password', 'New password']) {
      expect(await staff.getByLabel(label, { exact: true }).inputValue()).toBe('');
    }
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-password-done');
    await elsewhere.getByRole('heading', { name: 'Log in' }).waitFor();
    await elsewhere.context().close();
    // Here one goes on, with the new session.
    await staff.locator('.who-subject', { hasText: 'sam' }).click();
    await staff.getByRole('link', { name: 'People' }).click();
    await staff.getByRole('row', { name: /kim/ }).waitFor();
    const logIn = (password: string) => store.call('/v1/session', { body: { name: 'sam', password } });
    expect([(await logIn(GOOD)).status, (await logIn(NEW)).status]).toEqual([401, 200]);
  });

  it('says a guest why there is no password, and logs out as staff alone', async () => {
    const link = (role: 'shopper' | 'viewer', subject: string) =>
      store.app.auth.issue({ role, subject }, { singleUse: true });
    const page = await openPage(browser, `${store.url}/me?token=${link('shopper', SID)}`, DESK);
    await page.goto(`${store.url}/?token=${link('viewer', 'staff')}`);
    await page.locator('.who-subject', { hasText: 'opened by a link' }).click();
    await page.getByText('You came in by a link, which has no password.').waitFor();
    expect(await page.getByRole('link', { name: 'Change password' }).count()).toBe(0);
    await page.goto(`${store.url}/#password`);
    await page.locator('.band', { hasText: 'You came in by a link' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator('.who-subject').click();
    const asked = page.waitForRequest((request) => request.method() === 'DELETE');
    await press(page, 'Log out');
    expect((await asked).headers()['endcap-as']).toBe('staff');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    const cookies = () => page.context().cookies();
    await expect
      .poll(async () => (await cookies()).map(({ name }) => name), { timeout: 5_000 })
      .toEqual(['endcap_shopper']);
    const headers = { cookie: `endcap_shopper=${(await cookies())[0]!.value}` };
    expect((await store.call('/v1/session', { headers })).body.subject).toBe(SID);
    await page.context().close();
  });

  it('shows who did what and why, finds it, and says that the log is whole', async () => {
    await staff.locator('.who-subject', { hasText: 'sam' }).click();
    await staff.getByRole('link', { name: 'Audit log' }).click();
    await staff.getByText('Left the company').waitFor();
    await press(staff, 'Check the log');
    await staff.getByText('all as they were written').waitFor();
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-audit');
    await fill(staff, { What: 'user.add' });
    await press(staff, 'Search');
    await staff.getByText('Left the company').waitFor({ state: 'detached' });
    expect(await staff.getByRole('row').count()).toBe(2);
    await fill(staff, { What: '', Why: 'the COMPANY' });
    await press(staff, 'Search');
    await staff.getByText('Left the company').waitFor();
    expect(await staff.getByRole('row').count()).toBe(2);
  });
});

await describeWith(['chromium'], 'one’s own password in German, on a phone', () => {
  let store: TestStore;
  let browser: Browser;
  beforeAll(async () => {
    store = await startTestStore((config) => {
      const { policy } = config;
      return { ...config, policy: { ...policy, store: { ...policy.store, locale: 'de-DE' } } };
    });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });

  it('is changed without a mouse, and what is wrong is said', async () => {
    const { body } = await store.call('/v1/users', {
      token: store.token('admin'),
      body: { name: 'kim', role: 'viewer' },
    });
    const token = body.link.split('#set=')[1];
    const made = await store.call('/v1/password', { body: { token, password: GOOD } });
    const [name = '', value = ''] = made.headers.get('set-cookie')!.split(';')[0]!.split('=');
    const page = await openPage(browser, `${store.url}/login`, { ...PHONE, scheme: 'dark' });
    await page.context().addCookies([{ name, value, url: store.url }]);
    await page.goto(`${store.url}/#password`);
    await page.getByRole('heading', { name: 'Ihr Passwort' }).waitFor();
    await page.getByLabel('Bisheriges Passwort').fill('ein falsches Passwort');
    await page.getByLabel('Neues Passwort').fill('fünf stille Kupferkessel');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Das ist nicht Ihr bisheriges Passwort.').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'staff-password-de-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(GOOD);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Ihr Passwort ist geändert.').waitFor();
    await page.locator('.who-subject', { hasText: 'kim' }).waitFor();
  });
});
