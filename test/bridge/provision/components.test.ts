import { afterEach, expect, test, vi } from 'vitest';
import { provideComponent } from '../../support/components.js';

afterEach(() => vi.unstubAllEnvs());

test('a component that is missing is a reason to skip, with the package to install', async () => {
  vi.stubEnv('CI', '');
  vi.stubEnv('PATH', '/nowhere');
  const component = await provideComponent('kcat');
  expect(component).toMatchObject({ name: 'kcat', ready: false, path: '' });
  expect(component.reason).toContain('kcat is not on PATH; install the package kcat');
});

test('in CI the same is a failure', async () => {
  vi.stubEnv('CI', 'true');
  vi.stubEnv('PATH', '/nowhere');
  await expect(provideComponent('mosquitto')).rejects.toThrow('CI needs mosquitto');
});
