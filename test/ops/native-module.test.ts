import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { mayAbort, nativeModule } from '../../edge/cli/native-module.js';

const work = mkdtempSync(join(tmpdir(), 'endcap-module-'));
afterAll(() => rmSync(work, { recursive: true }));

it('finds nothing in the module that this suite runs with', () => {
  expect(mayAbort()).toBe(false);
  expect(nativeModule()).toEqual([]);
});

it('tells a module by what the compiler put into it, and says how to make another', () => {
  const source = join(work, 'module.cc');
  const compiled = join(work, 'module.node');
  // The class as the headers have it from Node 24.19 on, as far as its hook goes.
  writeFileSync(
    source,
    `namespace node { class ObjectWrap { public: static void CleanupHook(void *arg); }; void ObjectWrap::CleanupHook(void *) {} }`,
  );
  execFileSync('cc', ['-shared', '-fPIC', '-o', compiled, source]);
  expect(mayAbort(compiled)).toBe(true);
  expect(nativeModule(true)[0]?.cure).toContain('24.18.1');
  expect(mayAbort(join(work, 'none.node'))).toBe(false);
});
