'use strict';

// The app server of the official chat demo, on the official Node SDK. Its configuration is one JSON argument:
//   {"serverHost":…,"authServerUrl":…,"tunnelServerUrl":…,"tunnelSignatureKey":…,"networkTimeout":…}
// It listens on a free port, prints {"listening":port}, and ends when its stdin does.

const express = require('express');
const sdk = require('qcloud-weapp-server-sdk');
const { ChatHandler } = require('./chat-handler');

const settings = JSON.parse(process.argv[2]);
const app = express();
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  sdk.config({
    ServerHost: settings.serverHost ?? '127.0.0.1',
    AuthServerUrl: settings.authServerUrl,
    TunnelServerUrl: settings.tunnelServerUrl,
    TunnelSignatureKey: settings.tunnelSignatureKey,
    NetworkTimeout: settings.networkTimeout ?? 30_000,
  });
  process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
});

app.use(express.json());

app.get('/login', (request, response) => {
  // The SDK has written the failure; its caller has nothing to add.
  sdk.LoginService.create(request, response).login().catch(() => undefined);
});

app.get('/user', (request, response) => {
  sdk.LoginService.create(request, response).check().then(
    ({ userInfo }) => response.json({ code: 0, message: 'ok', data: { userInfo } }),
    () => undefined,
  );
});

const handler = new ChatHandler(sdk.TunnelService);
app.all('/tunnel', (request, response) => {
  const service = sdk.TunnelService.create(request, response);
  // The SDK builds a receive URL without a port, which suits port 80 and 443 only; this is the field in which it keeps it.
  service._receiveUrl = `http://127.0.0.1:${server.address().port}${request.path}`;
  service.handle(handler, { checkLogin: true });
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
