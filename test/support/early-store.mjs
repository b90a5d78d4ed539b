/**
 * The built store with one setting changed: the journal says yes when a batch is handed over instead of when it is
 * durable. The negative control of the kill suite; takes the parameters of `endcap start`.
 */
import { createApp } from '../../dist/edge/app.js';
import { writeEndpoint } from '../../dist/edge/cli/endpoint.js';
import { loadConfig } from '../../dist/edge/config/load.js';

const parameter = (name) => process.argv[process.argv.indexOf(name) + 1];
const config = loadConfig(parameter('--config'), { ENDCAP_DATA: parameter('--data') });
const app = await createApp({
  config,
  logLevel: 'warn',
  version: 'control',
  simulated: false,
  onFailure: () => process.exit(70),
  journalFaults: { acknowledgeEarly: true },
});
const token = app.auth.issue({ role: 'admin', subject: 'local-commands' });
writeEndpoint(config.dataDirectory, { url: app.url, mqttUrl: app.mqttUrl, token, pid: process.pid });
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
