/** Settings of the Node-RED that is measured: no editor, no palette, and the flow as its only file. */
module.exports = {
  uiPort: Number(process.env.ENDCAP_PEER_PORT),
  uiHost: '127.0.0.1',
  httpAdminRoot: false,
  httpNodeRoot: false,
  flowFile: 'flows.json',
  credentialSecret: false,
  diagnostics: { enabled: false },
  runtimeState: { enabled: false },
  telemetry: { enabled: false },
  logging: { console: { level: 'warn', metrics: false, audit: false } },
};
