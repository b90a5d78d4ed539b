import { Worker, type WorkerOptions } from 'node:worker_threads';

/** A thread beside this one. Compiled, it is a file; run from source, it needs the loader that runs the rest, and cannot inherit it. */
export function startThread(module: URL, options: WorkerOptions): Worker {
  const fromSource = import.meta.url.endsWith('.ts');
  if (!fromSource) return new Worker(module, options);
  const thread = JSON.stringify(module.href.replace(/\.js$/, '.ts'));
  const load = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${thread}); })`;
  return new Worker(load, { ...options, eval: true });
}
