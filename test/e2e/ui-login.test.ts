import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';

const GOOD = 'horse battery staple';
const DESK = { width: 1440, height: 900 };
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
    await fill(staff, { Reason: 'left the store' });
    const from = performance.now();
    await press(staff, 'Do it');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(performance.now() - from).toBeLessThan(8_000);
    await page.getByText('You were logged out.').waitFor();
    await page.context().close();
  });

  it('shows who did what and why, finds it, and says that the log is whole', async () => {
    await staff.locator('.who-subject', { hasText: 'sam' }).click();
    await staff.getByRole('link', { name: 'Audit log' }).click();
    await staff.getByText('left the store').waitFor();
    await press(staff, 'Check the log');
    await staff.getByText('all as they were written').waitFor();
    expect(await violations(staff)).toEqual([]);
    await picture(staff, 'staff-audit');
    await fill(staff, { What: 'user.add' });
    await press(staff, 'Search');
    await staff.getByText('left the store').waitFor({ state: 'detached' });
    expect(await staff.getByRole('row').count()).toBe(2);
  });
});
