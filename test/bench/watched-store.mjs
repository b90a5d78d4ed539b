/**
 * The built store, which also notes when the decision on each numbered sighting was durable, on the monotonic clock
 * that all processes of a machine share. SIGUSR2 prints what was noted since the last time. Parameters are those of
 * `endcap start`.
 */
import { createApp } from '../../dist/edge/app.js';
import { writeEndpoint } from '../../dist/edge/cli/endpoint.js';
import { loadConfig } from '../../dist/edge/config/load.js';

const parameter = (name) => process.argv[process.argv.indexOf(name) + 1];
const config = loadConfig(parameter('--config'), {
  ENDCAP_DATA: parameter('--data'),
  KAFKA_BROKERS: process.env.KAFKA_BROKERS,
});
const app = await createApp({
  config,
  logLevel: 'error',
  version: 'bench',
  simulated: false,
  onFailure: () => process.exit(70),
});
let noted = [];
app.engine.onSettled((settled) => {
  const atMs = Number(process.hrtime.bigint()) / 1e6;
  const sightings = new Map();
  // Inputs come before what was made of them.
  for (const { offset, cause, event } of settled) {
    if (event.type === 'presence.sighting') sightings.set(offset, event.data.seq);
    else if (event.type === 'promo.decision' && sightings.has(cause))
      noted.push([sightings.get(cause), atMs]);
  }
});
process.on('SIGUSR2', () => {
  process.stdout.write(`decided ${JSON.stringify(noted)}\n`);
  noted = [];
});
const token = app.auth.issue({ role: 'admin', subject: 'local-commands' });
writeEndpoint(config.dataDirectory, { url: app.url, mqttUrl: app.mqttUrl, token, pid: process.pid });
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
