'use strict';

// The official SDK as its README shows it: express, a JSON body parser, one handler object for each request.
const express = require('express');
const qcloud = require('qcloud-weapp-server-sdk');

qcloud.config({
  ServerHost: 'localhost',
  AuthServerUrl: 'http://127.0.0.1:9/auth',
  TunnelServerUrl: 'http://127.0.0.1:9',
  TunnelSignatureKey: process.env.TUNNEL_SIGNATURE_KEY,
});

let last;

class SpeakHandler {
  onMessage(tunnelId, type, content) {
    if (type === 'speak') {
      last = { tunnelId, content };
    }
  }
}

const app = express();
app.use(express.json());
app.all('/tunnel', (req, res) => {
  new qcloud.TunnelService(req, res).handle(new SpeakHandler(), { checkLogin: false });
});

// Where nothing reached the handler, the figure means nothing: run.sh asks.
app.get('/handled', (req, res) => res.send(last ? 'yes' : 'no'));

const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
